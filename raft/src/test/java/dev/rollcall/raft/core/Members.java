package dev.rollcall.raft.core;

import java.util.List;
import java.util.stream.LongStream;

/** Members with small numbers for names. */
final class Members {
  private Members() {}

  static NodeId id(long number) {
    return new NodeId(0, number);
  }

  static Member member(long number) {
    return new Member(id(number), "peer-" + number + ":7401", "client-" + number + ":7400");
  }

  static List<Member> members(long... numbers) {
    return LongStream.of(numbers).mapToObj(Members::member).toList();
  }

  static Configuration voters(long... numbers) {
    return Configuration.ofVoters(members(numbers));
  }
}
