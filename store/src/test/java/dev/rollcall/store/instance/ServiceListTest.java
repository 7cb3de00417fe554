package dev.rollcall.store.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.Instances;
import dev.rollcall.store.ServiceSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ServiceListTest {
  private final InstanceTable table = new InstanceTable();
  private long revision;

  @Test
  void listsServicesThatHaveInstancesInOrderOfFoldedName() {
    add("Beta/i-1", "alpha/i-1", "alpha/i-2", "gamma/i-1", "shop/aaa/i-1");
    remove("gamma/i-1");

    assertThat(table.services("default", "", Optional.empty(), 10))
        .containsExactly(
            new ServiceSummary(new ServiceKey("", "alpha"), 2, 3, new TreeMap<>()),
            new ServiceSummary(new ServiceKey("", "Beta"), 1, 1, new TreeMap<>()));
    assertThat(names("shop", "", 10)).containsExactly("aaa");
    assertThat(names("other", "", 10)).isEmpty();
  }

  @Test
  void pagesWithoutGapOrRepeat() {
    for (int i = 0; i < 25; i++) {
      add("svc-" + i + "/i-1");
    }
    add("svb/i-1", "svd/i-1", "default2/svc-0/i-1");
    var seen = new ArrayList<String>();
    Optional<String> after = Optional.empty();
    while (true) {
      var page = table.services("default", "SVC-", after, 4);
      if (page.isEmpty()) {
        break;
      }
      page.forEach(service -> seen.add(service.service().name()));
      after = Optional.of(page.getLast().service().foldedName());
    }
    assertThat(seen).hasSize(25).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void continuesWhereThePageEndedAlthoughThatServiceIsGone() {
    add("a/i", "b/i", "c/i");
    remove("b/i");

    assertThat(table.services("default", "", Optional.of("b"), 10))
        .extracting(summary -> summary.service().name())
        .containsExactly("c");
    assertThat(table.services("default", "c", Optional.of("a"), 10)).hasSize(1);
    assertThat(table.services("default", "", Optional.of("c"), 10)).isEmpty();
  }

  @Test
  void keepsNamespacesApartWhoseNamesBeginAlike() {
    add("shop/a/i", "shop-2/b/i", "shop.3/c/i");

    assertThat(names("shop", "", 10)).containsExactly("a");
    assertThat(names("shop-2", "", 10)).containsExactly("b");
  }

  @Test
  void showsAServiceAgainWhenItComesBack() {
    add("a/i");
    remove("a/i");
    assertThat(names("default", "", 10)).isEmpty();
    add("A/i-2");

    assertThat(table.services("default", "", Optional.empty(), 10))
        .containsExactly(new ServiceSummary(new ServiceKey("", "A"), 1, 3, new TreeMap<>()));
    assertThat(table.service(new ServiceKey("", "A")).key().toString()).isEqualTo("default/A");
  }

  @Test
  void showsNothingBeforeItIsPublished() {
    table.register(new RegisteredInstance(Instances.instance("a/i", 1), 1, 1, 1));

    assertThat(names("default", "", 10)).isEmpty();
    assertThat(table.service(new ServiceKey("", "a")).size()).isZero();
    assertThat(table.live(Instances.key("a/i"))).isNotNull();
    table.publish();
    assertThat(names("default", "", 10)).containsExactly("a");
  }

  private List<String> names(String namespace, String prefix, int limit) {
    return table.services(namespace, prefix, Optional.empty(), limit).stream()
        .map(summary -> summary.service().name())
        .toList();
  }

  private void add(String... paths) {
    for (String path : paths) {
      revision++;
      table.register(
          new RegisteredInstance(Instances.instance(path, 1), revision, revision, revision));
    }
    table.publish();
  }

  private void remove(String path) {
    revision++;
    var live = table.live(Instances.key(path));
    assertThat(live).isNotNull();
    table.remove(live, revision);
    table.publish();
  }
}
