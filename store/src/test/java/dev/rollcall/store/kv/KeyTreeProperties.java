package dev.rollcall.store.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.testkit.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class KeyTreeProperties {
  @Test
  void aTreeHoldsWhatItWasGivenWhateverIsMadeOfItLater() {
    Seeds.each(
        50,
        random -> {
          var tree = KeyTree.EMPTY;
          var expected = new TreeMap<String, KeyEntry>();
          var trees = new ArrayList<KeyTree>();
          var contents = new ArrayList<List<KeyEntry>>();
          for (int i = 0; i < 300; i++) {
            String namespace = random.nextBoolean() ? "a" : "b";
            String key = key(random);
            if (random.nextInt(3) == 0) {
              tree = tree.without(namespace, key);
              expected.remove(namespace + '\0' + key);
            } else {
              var entry = new KeyEntry(namespace, key, ByteString.EMPTY, i, i, 1, 0);
              tree = tree.with(entry);
              expected.put(namespace + '\0' + key, entry);
            }
            trees.add(tree);
            contents.add(List.copyOf(expected.values()));
          }
          for (int i = 0; i < trees.size(); i++) {
            assertThat(all(trees.get(i), "", "")).isEqualTo(contents.get(i));
            assertThat(trees.get(i).size()).isEqualTo(contents.get(i).size());
          }
          for (var entry : expected.values()) {
            assertThat(tree.find(entry.foldedNamespace(), entry.key())).isEqualTo(entry);
          }
          String from = key(random);
          assertThat(all(tree, "b", from))
              .isEqualTo(List.copyOf(expected.tailMap("b\0" + from).values()));
        });
  }

  @Test
  void aTreeStaysFlatHoweverItIsFilledAndEmptied() {
    Seeds.each(
        10,
        random -> {
          var tree = KeyTree.EMPTY;
          for (int i = 0; i < 4_096; i++) {
            tree = tree.with(new KeyEntry("a", name(i), ByteString.EMPTY, i, i, 1, 0));
          }
          assertThat(tree.height()).isLessThanOrEqualTo(13);
          for (int i = 0; i < 3_072; i++) {
            tree = tree.without("a", name(random.nextBoolean() ? i : random.nextInt(4_096)));
          }
          double height = 1.45 * Math.log(tree.size() + 2.0) / Math.log(2);
          assertThat(tree.height()).isLessThanOrEqualTo((int) height);
        });
  }

  @Test
  void theOrderOfKeysIsThatOfTheirBytes() {
    Seeds.each(
        200,
        random -> {
          String one = text(random);
          String other = text(random);
          Comparator<ByteString> bytes = ByteString.unsignedLexicographicalComparator();
          assertThat(Integer.signum(KeyOrder.INSTANCE.compare(one, other)))
              .isEqualTo(
                  Integer.signum(
                      bytes.compare(ByteString.copyFromUtf8(one), ByteString.copyFromUtf8(other))));
          assertThat(KeyRules.utf8Bytes(one)).isEqualTo(ByteString.copyFromUtf8(one).size());
        });
  }

  private static List<KeyEntry> all(KeyTree tree, String namespace, String from) {
    var all = new ArrayList<KeyEntry>();
    tree.forEachFrom(namespace, from, all::add);
    return all;
  }

  private static String key(RandomGenerator random) {
    return name(random.nextInt(40));
  }

  private static String name(int number) {
    return "k%04d".formatted(number);
  }

  private static String text(RandomGenerator random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.appendCodePoint(
          switch (random.nextInt(4)) {
            case 0 -> 'a' + random.nextInt(2);
            case 1 -> 0xe9 + random.nextInt(2);
            case 2 -> 0xff5e + random.nextInt(2);
            default -> 0x1f600 + random.nextInt(2);
          });
    }
    return text.toString();
  }
}
