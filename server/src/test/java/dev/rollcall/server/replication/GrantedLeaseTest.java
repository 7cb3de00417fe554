package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.TTL;
import static dev.rollcall.server.replication.Requests.grantLease;
import static dev.rollcall.server.replication.Requests.registerUnder;
import static dev.rollcall.server.replication.Requests.renew;
import static dev.rollcall.server.replication.Requests.revokeLease;
import static dev.rollcall.server.replication.Requests.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Leases that are granted before anything is registered under them. */
class GrantedLeaseTest {
  private static final long TTL_MILLIS = TTL.toMillis();

  private final HandCluster cluster = new HandCluster(3, 5);

  @Test
  void isKeptAliveWithoutInstances() {
    cluster.elect();
    long lease = granted(cluster.followerNow());
    for (int i = 0; i < 10; i++) {
      cluster.run(TTL.dividedBy(3));
      assertThat(renewed(lease)).isEqualTo(TTL_MILLIS);
    }
  }

  @Test
  void lapsesInSilenceWithoutARevision() {
    var leader = cluster.elect();
    long lease = granted(leader);
    long before = leader.revision();
    cluster.run(TTL.plusMillis(600));

    assertThat(renewed(lease)).isZero();
    assertThat(leader.revision()).isEqualTo(before);
  }

  @Test
  void carriesInstancesThatGoWithIt() {
    var leader = cluster.elect();
    long lease = granted(leader);
    done(cluster.followerNow(), registerUnder(lease, "i-1"));
    done(leader, registerUnder(lease, "i-2"));
    cluster.run(TTL.minusMillis(200));
    assertThat(leader.has("i-1") && leader.has("i-2")).isTrue();

    cluster.run(Duration.ofMillis(800));
    assertThat(leader.has("i-1") || leader.has("i-2")).isFalse();
  }

  @Test
  void isGoneForEverybodyOnceItIsRevoked() {
    var leader = cluster.elect();
    long lease = granted(leader);
    done(leader, registerUnder(lease, "i-1"));

    assertThat(done(cluster.followerNow(), revokeLease(lease)))
        .isEqualTo(new Outcome.LeaseRevoked(2, 1));
    assertThat(leader.has("i-1")).isFalse();
    assertThat(renewed(lease)).isZero();
    assertThat(done(leader, revokeLease(lease))).isEqualTo(new Outcome.LeaseNotFound(2, lease));
  }

  @Test
  void getsItsFullTtlFromANewLeader() {
    var old = cluster.elect();
    long lease = granted(old);
    cluster.run(TTL.minusMillis(300));
    cluster.isolate(old);
    cluster.electOtherThan(old);
    cluster.heal();
    cluster.run(TTL.dividedBy(2));

    assertThat(renewed(lease)).isEqualTo(TTL_MILLIS);
  }

  private long granted(HandNode node) {
    return ((Outcome.LeaseGranted) done(node, grantLease())).leaseId();
  }

  /** Its TTL as a follower hears it; 0 when it is gone. */
  private long renewed(long lease) {
    var heard = renew(cluster.followerNow(), lease);
    cluster.runUntil(heard::isGiven);
    return heard.value().getFirst();
  }

  private Outcome done(HandNode node, Request request) {
    var heard = submit(node, request);
    cluster.runUntil(heard::isGiven);
    return heard.value();
  }
}
