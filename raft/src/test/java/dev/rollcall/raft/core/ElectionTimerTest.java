package dev.rollcall.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ElectionTimerTest {
  @Test
  void drawsEveryWaitAnewFromOneToTwoTimeouts() {
    var timer = new ElectionTimer(10, new SplittableRandom(1));
    var waits = new TreeSet<Integer>();
    for (int i = 0; i < 1000; i++) {
      int ticks = 0;
      while (!timer.isOver()) {
        timer.tick();
        ticks++;
      }
      waits.add(ticks);
      timer.reset();
    }
    assertThat(waits).containsExactly(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  }

  @Test
  void remembersTheLeaderForOneTimeout() {
    var timer = new ElectionTimer(10, new SplittableRandom(1));
    assertThat(timer.heardLeader()).isFalse();
    timer.leaderHeard();
    for (int i = 0; i < 9; i++) {
      timer.tick();
    }
    assertThat(timer.heardLeader()).isTrue();
    timer.reset(); // a vote is not a word from the leader
    timer.tick();
    assertThat(timer.heardLeader()).isFalse();
  }
}
