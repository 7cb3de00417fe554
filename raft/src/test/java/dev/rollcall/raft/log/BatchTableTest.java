package dev.rollcall.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of batches and the term runs, against lists. */
final class BatchTableTest {
  @Test
  void viewsNeverChange() {
    Seeds.each(
        20,
        random -> {
          var table = new BatchTable();
          var model = new ArrayList<Long>();
          var views = new ArrayList<BatchTable.View>();
          var expected = new ArrayList<List<Long>>();
          long first = 1;
          for (int i = 0; i < 6000; i++) {
            if (random.nextInt(500) == 0) {
              long lowest = model.isEmpty() ? first : model.getFirst() + 1;
              long cut = Math.max(lowest, first - random.nextInt(4000));
              table.cutFrom(cut);
              model.removeIf(index -> index >= cut);
              first = cut;
            }
            if (random.nextInt(400) == 0 && !model.isEmpty()) {
              long dropped = model.get(random.nextInt(model.size()));
              table.dropBefore(8 * dropped);
              model.removeIf(index -> index < dropped);
            }
            table.push(first, 8 * first);
            model.add(first);
            first += random.nextInt(1, 3);
            if (random.nextInt(300) == 0) {
              views.add(table.view());
              expected.add(List.copyOf(model));
            }
          }
          for (int i = 0; i < views.size(); i++) {
            assertThat(contents(views.get(i))).isEqualTo(expected.get(i));
          }
        });
  }

  @Test
  void findsTheBatchOfAnIndex() {
    var table = new BatchTable();
    for (long first = 1; first < 9000; first += 3) {
      table.push(first, first * 8);
    }
    BatchTable.View view = table.view();
    for (long index = 1; index < 9000; index++) {
      assertThat(view.firstIndex(view.find(index))).isEqualTo((index - 1) / 3 * 3 + 1);
    }
  }

  @Test
  void termRunsTellEveryTerm() {
    Seeds.each(
        50,
        random -> {
          long start = 4;
          TermRuns runs = TermRuns.startingAt(start, 2);
          var model = new ArrayList<>(List.of(2L));
          for (int i = 0; i < 300; i++) {
            if (random.nextInt(20) == 0) {
              int keep = random.nextInt(1, model.size() + 1);
              runs = runs.before(start + keep);
              model.subList(keep, model.size()).clear();
            }
            if (random.nextInt(30) == 0) {
              int gone = random.nextInt(model.size());
              model.subList(0, gone).clear();
              start += gone;
              runs = runs.from(start);
            }
            long term = model.getLast() + (random.nextInt(5) == 0 ? 1 : 0);
            runs = runs.with(start + model.size(), term);
            model.add(term);
            int at = random.nextInt(model.size());
            assertThat(runs.term(start + at)).isEqualTo(model.get(at));
          }
        });
  }

  private static List<Long> contents(BatchTable.View view) {
    var contents = new ArrayList<Long>();
    for (int i = view.begin(); i < view.end(); i++) {
      assertThat(view.location(i)).isEqualTo(8 * view.firstIndex(i));
      contents.add(view.firstIndex(i));
    }
    return contents;
  }
}
