package dev.rollcall.raft.core;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a {@link RandomGroup} begins with: members, some of them half way through a change, and
 * numbers that make rare things common.
 */
final class RandomGroupSettings {
  private RandomGroupSettings() {}

  static Configuration configuration(RandomGenerator random) {
    int voters = 1 + random.nextInt(5);
    int outgoing = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
    int learners = random.nextInt(4) == 0 ? 1 : 0;
    var incoming = new ArrayList<Member>();
    var leaving = new ArrayList<Member>();
    for (int i = 1; i <= voters; i++) {
      incoming.add(Members.member(i));
    }
    for (int i = 0; i < outgoing; i++) { // some of them stay, some do not
      leaving.add(Members.member(voters + i));
    }
    return new Configuration(incoming, leaving, learners == 0 ? List.of() : Members.members(100));
  }

  static RaftConfig config(RandomGenerator random) {
    int heartbeatTicks = 1 + random.nextInt(2);
    int electionTicks = 10 + random.nextInt(5);
    return RaftConfig.DEFAULT
        .with(
            new RaftConfig.Timing(
                heartbeatTicks,
                electionTicks,
                1 + random.nextInt(10),
                5 + random.nextInt(60),
                10 + random.nextInt(60)))
        .with(
            new RaftConfig.Flow(
                1 + random.nextInt(400),
                1 + random.nextInt(4),
                1 + random.nextInt(800),
                1 + random.nextInt(400),
                random.nextInt(600)))
        .with(
            new RaftConfig.Compaction(
                random.nextInt(10), random.nextInt(500), random.nextInt(1000)))
        .with(new RaftConfig.Promotion(random.nextInt(5), 1 + random.nextInt(20)));
  }
}
