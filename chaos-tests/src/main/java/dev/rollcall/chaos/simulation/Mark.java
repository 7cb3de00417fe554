package dev.rollcall.chaos.simulation;

/**
 * A branch that is rare and that the simulation has to have been through before its passing says
 * anything about it.
 */
enum Mark {
  QUORUM_OF_ONE("elected by nobody but itself"),
  CAMPAIGN_ON_LOST_CONNECTION("stood because the connection to the leader ended"),
  HINT_GRANTED("gave a pre-vote to one who had lost the connection to the leader"),
  PRE_VOTES_LOST("asked for pre-votes in vain"),
  VOTES_LOST("asked for votes in vain"),
  PRE_VOTE_REFUSED_LEADER_HEARD("refused a pre-vote: hears a leader"),
  PRE_VOTE_REFUSED_TERM("refused a pre-vote: is in a later term"),
  PRE_VOTE_REFUSED_LOG("refused a pre-vote: has a longer log"),
  PRE_VOTE_REFUSED_REMOVED("refused a pre-vote: who asks was removed"),
  VOTE_REFUSED_LEADER_HEARD("refused a vote: hears a leader"),
  VOTE_REFUSED_SECOND("refused a vote: has voted for another"),
  VOTE_REFUSED_LOG("refused a vote: has a longer log"),
  LEADER_LOST_QUORUM("a leader stepped down: heard no quorum"),
  LEADER_DEPOSED("a leader heard of a later term"),
  LEADER_DISK_STALLED("a leader stepped down: its disk stood still"),
  LEADER_REMOVED("a leader stepped down: it is no voter any more"),

  TRANSFER_DONE("a hand-over went through"),
  TRANSFER_TIMED_OUT("a hand-over came to nothing"),
  TRANSFER_PARKED_KEPT("what was parked in a hand-over that came to nothing was appended"),
  TRANSFER_PARKED_REFUSED("proposals were refused when a hand-over went through"),
  STOOD_BY_ORDER("stood because the leader said so"),
  CHANGE_IN_TRANSFER("a change of members was asked for during a hand-over"),

  PROPOSAL_TOO_MUCH("a proposal was refused: too much is not committed yet"),
  CHANGE_REFUSED_UNDER_WAY("a change of members was refused: another is under way"),
  CHANGE_REFUSED_TOO_EARLY("a change of members was refused: nothing of the term is committed"),
  CHANGE_REFUSED_INVALID("a change of members was refused: it makes no sense"),

  LOG_MISMATCHED("a follower's log did not fit"),
  MISMATCH_SKIPPED_TERMS("a leader went back by more than one entry at once"),
  SUFFIX_REPLACED("a follower's uncommitted entries were replaced"),
  LONG_SUFFIX_REPLACED("several at once"),
  CONFIGURATION_ROLLED_BACK("a configuration was replaced with its entry"),
  ENTRIES_KNOWN("entries came that the log had"),
  APPEND_BEHIND_OWN_END("a message covered less than the log had"),
  LATE_APPEND("entries of an earlier term came"),
  LATE_HEARTBEAT("a heartbeat of an earlier term came"),
  LATE_ACKNOWLEDGEMENT("an acknowledgement of an earlier term came"),
  LATE_HEARTBEAT_ANSWER("an answer to a heartbeat of an earlier term came"),
  LATE_VOTE("a vote of an earlier term came"),
  LATE_ORDER("an order to stand of an earlier term came"),
  LATE_READ_ANSWER("an answer to a read of an earlier term came"),
  WRITE_OF_REPLACED_DONE("a write became durable after its entries had been replaced"),
  COMMITTED_AHEAD_OF_OWN_DISK("a leader committed what its own disk did not have"),

  READ_OF_FOLLOWER("a follower asked its leader for a read"),
  READ_BEFORE_OWN_COMMIT("a read waited for the first commit of the term"),
  READS_SHARED_A_ROUND("several reads were confirmed by one round"),
  READ_FAILED("a read could not be answered"),
  READ_ASKED_OF_NON_LEADER("a read was asked of one who does not lead"),

  JOINT_ENTERED("a joint configuration was in force"),
  JOINT_LEFT("a joint configuration ended"),
  LEARNER_PROMOTED("a learner got its vote"),
  VOTER_REMOVED("a voter left"),

  OUT_OF_REACH("a follower needed what the log had forgotten"),
  LOG_BEGAN_ANEW("a log began anew behind a snapshot"),
  SNAPSHOT_GONE("a snapshot was gone before all of it was fetched"),
  SNAPSHOT_NOT_NEEDED("a snapshot was fetched whole and not needed any more"),
  SNAPSHOT_PIECE_AGAIN("a piece of a snapshot was asked for again"),
  LOG_CUT("a log was cut at its beginning"),
  DIGEST_AGREED("a majority agreed on a state"),

  RESTART_WITH_REPLAY("a node started with entries to apply again"),
  UNFORCED_WRITE_SURVIVED("a write that nobody had forced was there after a crash"),
  LOG_BEHIND_STATE("a node started with a state ahead of its log"),
  SPARE_USED("an old segment became a new one"),
  SPARE_BECAME_TAIL("an old segment became the copy of the tail"),
  REWRITE_LEFT_OVER("a copy of the tail was left over from a crash"),
  DISCORD("one node was in a later term and another had more of the log"),
  CORE_WENT_ON("a core went on alone"),

  DRAINED("an instance drained"),
  DEADLINE_PASSED("the deadline of a drain or of an override passed"),
  OVERRIDE_OF_NOBODY("an override was set of somebody who was not registered"),
  OVERRIDE_OUTLIVED("a registration stood under an override that was there before"),
  CHANGES_COMPACTED("the beginning of the change log was dropped"),
  ANOTHER_REVISION("a write expected another revision"),
  BATCH_REFUSED("a batch of registrations was refused for one of them"),
  BATCH_UNDER_GRANTED_LEASE("several were registered at once under a lease that was granted"),
  EMPTY_LEASE_EXPIRED("a lease without instances expired"),
  SESSION_ENDED("a session ended"),
  GUARD_ENGAGED("a guard was engaged"),
  GUARD_RELEASED_BY_OPERATOR("a guard was released by an operator"),
  GUARD_FOUND("a new leader found a guard engaged"),
  TRICKLED("a lease expired while a guard was engaged"),
  SUSPECT_TRUSTED("a suspect came back"),
  FLOOR_KEPT("a lease that lapsed was kept for the floor of its service"),

  WATCH_LEFT_BEHIND("a watch of changes went on in the change log"),
  WATCH_LOG_TOO_SHORT("a watch of changes was told that the log does not go back so far"),
  WATCH_AHEAD("a watch of changes began in the future of its node"),
  WATCH_FILTERED("an instance left the filter of a watch"),
  WATCH_STATE_RESET("a watch of state got a snapshot in place of changes"),
  WATCH_MOVED("a watch went on through another node"),

  COMPARE_FAILED("a compare of a transaction did not hold"),
  KEY_MOVED("a key was put with another lease"),
  KEY_WENT("a key went with its lease"),
  KEYS_UNDER_GUARD("a lease with keys expired while a guard was engaged");

  private final String words;

  Mark(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return name() + " (" + words + ")";
  }
}
