package dev.rollcall.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RevisionWaitersTest {
  private final AtomicLong applied = new AtomicLong(5);
  private final RevisionWaiters waiters = new RevisionWaiters(applied::get, 3);
  private final List<String> ran = new ArrayList<>();

  @Test
  void runsAtOnceWhatHasNothingToWaitFor() {
    assertThat(waiters.await(5, () -> ran.add("five"))).isPresent();

    assertThat(ran).containsExactly("five");
    assertThat(waiters.size()).isZero();
  }

  @Test
  void runsTheOthersWhenTheirRevisionIsAppliedInOrder() {
    waiters.await(8, () -> ran.add("eight"));
    waiters.await(7, () -> ran.add("seven"));
    waiters.await(7, () -> ran.add("seven too"));
    advanceTo(6);
    assertThat(ran).isEmpty();
    advanceTo(7);
    assertThat(ran).containsExactly("seven", "seven too");
    advanceTo(9);
    advanceTo(10);

    assertThat(ran).containsExactly("seven", "seven too", "eight");
  }

  @Test
  void doesNotRunWhatWasCancelled() {
    var wait = waiters.await(7, () -> ran.add("seven")).orElseThrow();

    assertThat(wait.cancel()).isTrue();
    assertThat(wait.cancel()).isFalse();
    advanceTo(7);
    assertThat(ran).isEmpty();
  }

  @Test
  void refusesOneMoreThanTheLimit() {
    for (int i = 0; i < 3; i++) {
      assertThat(waiters.await(7, () -> ran.add("seven"))).isPresent();
    }
    assertThat(waiters.await(7, () -> ran.add("one more"))).isEmpty();
    assertThat(waiters.await(5, () -> ran.add("nothing to wait for"))).isPresent();
    advanceTo(7);

    assertThat(ran).containsExactly("nothing to wait for", "seven", "seven", "seven");
    assertThat(waiters.await(8, () -> ran.add("eight"))).isPresent();
  }

  @Test
  void allowsACallbackToWaitAgain() {
    waiters.await(6, () -> waiters.await(7, () -> ran.add("seven")));
    advanceTo(6);
    advanceTo(7);

    assertThat(ran).containsExactly("seven");
  }

  @Test
  void missesNobodyWhoComesWhileItAdvances() throws InterruptedException {
    int revisions = 20_000;
    var revision = new AtomicLong();
    var contended = new RevisionWaiters(revision::get, revisions);
    var reached = new CountDownLatch(revisions);
    var waiting =
        Thread.ofPlatform()
            .start(() -> {
              for (int r = 1; r <= revisions; r++) {
                contended.await(r, reached::countDown);
              }
            });
    for (int r = 1; r <= revisions; r++) {
      revision.set(r);
      contended.advance();
    }
    waiting.join();

    assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(contended.size()).isZero();
  }

  private void advanceTo(long revision) {
    applied.set(revision);
    waiters.advance();
  }
}
