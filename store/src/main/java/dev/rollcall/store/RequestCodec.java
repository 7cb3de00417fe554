package dev.rollcall.store;

import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.Status;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RevokeLeaseRequest;
import dev.rollcall.v1.UpdateRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parses what clients ask for, once, at the edge. Every method throws {@link InvalidRequest} when
 * the request breaks a rule of the interface; what it returns is well formed.
 */
public final class RequestCodec {
  private RequestCodec() {}

  /** To register instances. */
  public static Request fromMessage(RegisterRequest message) {
    Keeper keeper =
        switch (message.getKeeperCase()) {
          case TTL_MILLIS -> new Keeper.NewLease(message.getTtlMillis());
          case LEASE_ID -> new Keeper.ExistingLease(message.getLeaseId());
          case KEEPER_NOT_SET ->
              throw new InvalidRequest(Rule.OTHER, "either ttl_millis or lease_id is required");
        };
    var instances = message.getInstancesList().stream().map(InstanceCodec::fromMessage).toList();
    return Request.of(new Command.Register(instances, keeper));
  }

  /** To change an instance. */
  public static Request fromMessage(UpdateRequest message) {
    Optional<Status> status =
        message.hasStatus()
            ? Optional.of(InstanceCodec.status(message.getStatus()))
            : Optional.empty();
    OptionalInt weight =
        message.hasWeight()
            ? OptionalInt.of(InstanceCodec.weight(message.getWeight()))
            : OptionalInt.empty();
    Optional<SortedMap<String, String>> metadata =
        message.hasMetadata()
            ? Optional.of(new TreeMap<>(message.getMetadata().getEntriesMap()))
            : Optional.empty();
    Optional<List<String>> tags =
        message.hasTags() ? Optional.of(message.getTags().getValuesList()) : Optional.empty();
    var key = InstanceCodec.fromMessage(message.getKey());
    var command = new Command.Update(key, message.getIncarnation(), status, weight, metadata, tags);
    return new Request(
        command,
        repeat(message.getSessionId(), message.getSequence(), message.getLowestUnacknowledged()));
  }

  /** To remove an instance. */
  public static Request fromMessage(DeregisterRequest message) {
    return Request.of(
        new Command.Deregister(
            InstanceCodec.fromMessage(message.getKey()), message.getIncarnation()));
  }

  /** To make a lease without instances. */
  public static Request fromMessage(GrantLeaseRequest message) {
    var command = new Command.GrantLease(message.getNamespace(), message.getTtlMillis());
    return new Request(
        command,
        repeat(message.getSessionId(), message.getSequence(), message.getLowestUnacknowledged()));
  }

  /** To end a lease. */
  public static Request fromMessage(RevokeLeaseRequest message) {
    return Request.of(new Command.RevokeLease(message.getLeaseId()));
  }

  private static Optional<Request.Repeat> repeat(
      long sessionId, long sequence, long lowestUnacknowledged) {
    if (sessionId == 0) {
      if (sequence != 0 || lowestUnacknowledged != 0) {
        throw new InvalidRequest(Rule.OTHER, "a sequence needs a session_id");
      }
      return Optional.empty();
    }
    return Optional.of(new Request.Repeat(sessionId, sequence, lowestUnacknowledged));
  }
}
