package dev.rollcall.server.replication;

import dev.rollcall.store.Command;
import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Requests as clients make them, and what was heard of them. */
final class Requests {
  static final Duration TTL = Duration.ofSeconds(5);
  static final Duration WAIT = Duration.ofSeconds(5);

  private Requests() {}

  static Request register(String id) {
    return register(id, 1);
  }

  static Request register(String id, long incarnation) {
    return Request.of(
        new Command.Register(
            List.of(instance(id, incarnation)), new Keeper.NewLease(TTL.toMillis())));
  }

  static Request registerUnder(long leaseId, String id) {
    return Request.of(
        new Command.Register(List.of(instance(id, 1)), new Keeper.ExistingLease(leaseId)));
  }

  /** Without instances, in the namespace of all the others. */
  static Request grantLease() {
    return Request.of(
        new Command.GrantLease(HandCluster.SERVICE.foldedNamespace(), TTL.toMillis()));
  }

  static Request revokeLease(long leaseId) {
    return Request.of(new Command.RevokeLease(leaseId));
  }

  static Request deregister(String id, long incarnation) {
    return Request.of(new Command.Deregister(key(id), incarnation));
  }

  static Request weigh(String id, int weight) {
    return Request.of(update(id, weight));
  }

  static Request weighInSession(String id, int weight, long sessionId, long sequence) {
    return new Request(
        update(id, weight), Optional.of(new Request.Repeat(sessionId, sequence, sequence)));
  }

  static Request openSession() {
    return Request.of(new Command.OpenSession());
  }

  static InstanceKey key(String id) {
    return new InstanceKey(HandCluster.SERVICE, id);
  }

  static Heard<Outcome> submit(HandNode node, Request request) {
    return submit(node, request, WAIT);
  }

  static Heard<Outcome> submit(HandNode node, Request request, Duration wait) {
    var heard = new Heard<Outcome>();
    node.registry.submit(request, node.clock.in(wait), heard);
    return heard;
  }

  static Heard<List<Long>> renew(HandNode node, Long... leaseIds) {
    var heard = new Heard<List<Long>>();
    node.registry.renew(List.of(leaseIds), node.clock.in(WAIT), heard);
    return heard;
  }

  static Heard<ReadPoint> read(HandNode node, Consistency level, Duration wait) {
    var heard = new Heard<ReadPoint>();
    node.registry.read(level, node.clock.in(wait), heard);
    return heard;
  }

  /** Registers and gives the lease. */
  static long lease(HandCluster cluster, HandNode node, String id) {
    var heard = submit(node, register(id));
    cluster.runUntil(heard::isGiven);
    return ((Outcome.Registered) heard.value()).leaseId();
  }

  private static Command.Update update(String id, int weight) {
    return new Command.Update(
        key(id),
        0,
        0,
        Optional.empty(),
        OptionalInt.of(weight),
        Optional.empty(),
        Optional.empty());
  }

  private static Instance instance(String id, long incarnation) {
    return new Instance(
        key(id),
        incarnation,
        List.of(new Endpoint("http", "http", "10.0.0.1", 80, false)),
        new Locality("", "", ""),
        Instance.WEIGHT_DEFAULT,
        "1",
        List.of(),
        new TreeMap<>(),
        Status.UP);
  }
}
