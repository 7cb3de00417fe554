package dev.rollcall.store.instance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.store.Instances;
import dev.rollcall.testkit.Seeds;
import dev.rollcall.v1.ResolveResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ServiceSnapshotProperties {
  private static final ServiceKey SERVICE = new ServiceKey("", "payments");

  @Test
  void agreesWithASortedMapAndNeverChangesOncePublished() {
    Seeds.each(
        40,
        random -> {
          var expected = new TreeMap<String, RegisteredInstance>();
          var snapshot = ServiceSnapshot.empty(SERVICE);
          int ids = 1 + random.nextInt(2_000);
          for (int revision = 1; revision <= 60; revision++) {
            var before = snapshot;
            var listBefore = List.copyOf(before.instances());
            var editor = new ServiceEditor(before);
            boolean isGrowing = random.nextInt(3) > 0;
            for (int i = random.nextInt(80); i >= 0; i--) {
              change(editor, expected, random, ids, isGrowing);
            }
            snapshot = editor.snapshot(SERVICE, revision, Optional.empty());
            assertThat(before.instances()).isEqualTo(listBefore);
            assertThat(snapshot.revision()).isEqualTo(revision);
            assertSame(snapshot, expected, random, ids);
          }
        });
  }

  @Test
  void shrinksToNothingAndGrowsAgain() {
    var expected = new TreeMap<String, RegisteredInstance>();
    var editor = new ServiceEditor(ServiceSnapshot.empty(SERVICE));
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 1_000; i++) {
        put(editor, expected, "i-" + i, i);
      }
      for (int i = 0; i < 1_000; i++) {
        assertThat(editor.remove("i-" + i)).isSameAs(expected.remove("i-" + i));
      }
      assertThat(editor.isEmpty()).isTrue();
      assertThat(editor.snapshot(SERVICE, 1, Optional.empty()).instances()).isEmpty();
    }
  }

  @Test
  void sharesAllButOneChunkWithTheSnapshotBefore() {
    var editor = new ServiceEditor(ServiceSnapshot.empty(SERVICE));
    for (int i = 0; i < 10_000; i++) {
      editor.put(registered("i-" + i, 1));
    }
    var before = editor.snapshot(SERVICE, 1, Optional.empty());
    editor = new ServiceEditor(before);
    editor.put(registered("i-5000", 2));
    var after = editor.snapshot(SERVICE, 2, Optional.empty());

    var kept = Collections.newSetFromMap(new IdentityHashMap<RegisteredInstance[], Boolean>());
    kept.addAll(List.of(before.chunks()));
    kept.retainAll(List.of(after.chunks()));
    assertThat(kept).hasSize(before.chunks().length - 1);
    int longest = Arrays.stream(after.chunks()).mapToInt(chunk -> chunk.length).max().orElse(0);
    assertThat(longest).isLessThanOrEqualTo(ServiceEditor.CHUNK_MAX);
  }

  @Test
  void makesEachMessageOnce() {
    var editor = new ServiceEditor(ServiceSnapshot.empty(SERVICE));
    editor.put(registered("a", 1));
    editor.put(registered("b", 1));
    var before = editor.snapshot(SERVICE, 1, Optional.empty());
    var message = before.messages().getFirst();
    editor = new ServiceEditor(before);
    editor.put(registered("b", 2));
    var after = editor.snapshot(SERVICE, 2, Optional.empty());

    assertThat(after.messages().getFirst()).isSameAs(message);
    assertThat(after.messages().get(1).getModRevision()).isEqualTo(2);
    assertThat(before.messages().get(1).getModRevision()).isEqualTo(1);
  }

  @Test
  void encodesItsInstancesOnceAndOnlyAsManyAsAnAnswerHolds() throws Exception {
    var editor = new ServiceEditor(ServiceSnapshot.empty(SERVICE));
    int count = 0;
    for (int left = ServiceSnapshot.ENCODED_BYTES_MAX; left > 0; count++) {
      var instance = registered("i-%06d".formatted(count), 1);
      left -= instance.message().getSerializedSize() + 2;
      if (left >= 0) {
        editor.put(instance);
      }
    }
    var most = editor.snapshot(SERVICE, 1, Optional.empty());
    editor = new ServiceEditor(most);
    editor.put(registered("i-one-more", 1));
    var oneMore = editor.snapshot(SERVICE, 2, Optional.empty());

    var encoded = most.encoded().orElseThrow();
    assertThat(ResolveResponse.parseFrom(encoded).getInstancesList()).isEqualTo(most.messages());
    assertThat(most.encoded().orElseThrow()).isSameAs(encoded);
    assertThat(oneMore.encoded()).isEmpty();
    assertThat(oneMore.encoded()).isEmpty();
    assertThat(ServiceSnapshot.empty(SERVICE).encoded()).hasValue(ByteString.EMPTY);
  }

  private static void change(
      ServiceEditor editor,
      Map<String, RegisteredInstance> expected,
      RandomGenerator random,
      int ids,
      boolean isGrowing) {
    String id = "i-" + random.nextInt(ids);
    if (random.nextInt(4) == 0 == isGrowing) {
      assertThat(editor.remove(id)).isSameAs(expected.remove(id));
    } else {
      put(editor, expected, id, random.nextLong(1, 1_000));
    }
    assertThat(editor.find(id)).isSameAs(expected.get(id));
  }

  private static void put(
      ServiceEditor editor, Map<String, RegisteredInstance> expected, String id, long revision) {
    var instance = registered(id, revision);
    assertThat(editor.put(instance)).isSameAs(expected.put(id, instance));
  }

  private static void assertSame(
      ServiceSnapshot snapshot,
      NavigableMap<String, RegisteredInstance> expected,
      RandomGenerator random,
      int ids) {
    assertThat(snapshot.size()).isEqualTo(expected.size());
    assertThat(snapshot.instances()).isEqualTo(List.copyOf(expected.values()));
    var byIndex = new ArrayList<RegisteredInstance>();
    for (int i = 0; i < snapshot.size(); i++) {
      byIndex.add(snapshot.instances().get(i));
    }
    assertThat(byIndex).isEqualTo(snapshot.instances());
    String id = "i-" + random.nextInt(ids);
    assertThat(snapshot.find(id).orElse(null)).isSameAs(expected.get(id));
    for (String from : new String[] {"", id, "j"}) {
      var after = new ArrayList<RegisteredInstance>();
      snapshot.after(from).forEachRemaining(after::add);
      assertThat(after).isEqualTo(List.copyOf(expected.tailMap(from, false).values()));
    }
  }

  private static RegisteredInstance registered(String id, long revision) {
    return new RegisteredInstance(Instances.instance("payments/" + id, 1), 1, 1, revision);
  }
}
