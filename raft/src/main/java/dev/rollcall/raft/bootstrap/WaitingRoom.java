package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.core.NodeId;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Where a node waits to be let in. It believes an admission only of the cluster that the member at
 * its {@code join} address belongs to, which it has asked: so an operator's slip at another cluster
 * takes no node away. Any thread may {@link #offer}; the starting thread does the rest.
 */
final class WaitingRoom {
  private static final int OFFERS_MAX = 16;

  private final NodeId self;
  private final String peerAddress;
  private final String contact;
  private final BlockingQueue<Offer> offers = new LinkedBlockingQueue<>(OFFERS_MAX);
  private volatile @Nullable Introduction host;

  /** An admission, and where to say that it was taken. */
  record Offer(Admission admission, CompletableFuture<Void> taken) {}

  WaitingRoom(NodeId self, String peerAddress, String contact) {
    this.self = self;
    this.peerAddress = peerAddress;
    this.contact = contact;
  }

  /** Address of the member that is asked which cluster it is of. */
  String contact() {
    return contact;
  }

  /** What the node at the contact's address answered; empty when it did not. */
  void heard(Optional<Introduction> answer) {
    answer.filter(other -> other.cluster().isPresent()).ifPresent(other -> host = other);
  }

  /** Completed once the node is a member, durably; exceptionally when it will not be by this. */
  CompletableFuture<Void> offer(Admission admission) {
    var offer = new Offer(admission, new CompletableFuture<>());
    Optional<AdmissionRefused> refusal = refusal(admission);
    if (refusal.isPresent()) {
      offer.taken.completeExceptionally(refusal.get());
    } else if (!offers.offer(offer)) {
      offer.taken.completeExceptionally(
          new AdmissionRefused("the node has been told already", false));
    }
    return offer.taken;
  }

  /** The next admission to be taken, if one has come. */
  Optional<Offer> next() {
    return Optional.ofNullable(offers.poll());
  }

  /** One line for people: what it waits for, with the command that lets it in. */
  String waitingFor() {
    Introduction known = host;
    if (known == null) {
      return ("waiting to be let in; the member at %s, which would say of which cluster it is, does"
              + " not answer or belongs to none yet")
          .formatted(contact);
    }
    return ("waiting to be let into cluster %s as node %s; to let it in: registryctl --endpoints %s"
            + " member add %s (or: member replace OLD_ID %s)")
        .formatted(
            known.cluster().orElseThrow().clusterId(),
            self,
            known.clientAddress(),
            peerAddress,
            peerAddress);
  }

  private Optional<AdmissionRefused> refusal(Admission admission) {
    if (!admission.addressee().equals(self)) {
      return Optional.of(
          new AdmissionRefused(
              "meant for node %s, reached node %s".formatted(admission.addressee(), self), true));
    }
    Introduction known = host;
    if (known == null) {
      return Optional.of(
          new AdmissionRefused(
              "the node does not know yet of which cluster the member at %s is".formatted(contact),
              false));
    }
    ClusterIdentity expected = known.cluster().orElseThrow();
    if (!admission.cluster().equals(expected)) {
      return Optional.of(
          new AdmissionRefused(
              "the node waits for history %s of cluster %s, not for history %s of cluster %s"
                  .formatted(
                      expected.historyId(),
                      expected.clusterId(),
                      admission.cluster().historyId(),
                      admission.cluster().clusterId()),
              true));
    }
    return Optional.empty();
  }
}
