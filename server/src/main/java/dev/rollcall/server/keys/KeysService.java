package dev.rollcall.server.keys;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.api.CallDeadline;
import dev.rollcall.server.api.ConsistencyCodec;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.api.Reply;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.ReadPoint;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.store.KeyCodec;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.RequestCodec;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyRules;
import dev.rollcall.v1.DeleteKeysRequest;
import dev.rollcall.v1.DeleteKeysResponse;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.GetKeyRequest;
import dev.rollcall.v1.GetKeyResponse;
import dev.rollcall.v1.KeysGrpc;
import dev.rollcall.v1.PutKeyRequest;
import dev.rollcall.v1.PutKeyResponse;
import dev.rollcall.v1.RangeKeysRequest;
import dev.rollcall.v1.RangeKeysResponse;
import dev.rollcall.v1.TransactRequest;
import dev.rollcall.v1.TransactResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The gRPC service {@code rollcall.v1.Keys}. */
public final class KeysService extends KeysGrpc.KeysImplBase {
  private final Parts parts;

  /**
   * What the service needs of its node.
   *
   * @param answers where answers of reads are made, as for lookups
   */
  public record Parts(
      Registry registry, RegistryStore store, Clock clock, Headers headers, Executor answers) {}

  /** Over the node's one door to the registry and its store. */
  public KeysService(Parts parts) {
    this.parts = parts;
  }

  @Override
  public void getKey(GetKeyRequest request, StreamObserver<GetKeyResponse> observer) {
    Reply<GetKeyResponse> reply = Reply.to(observer);
    reply.guard(() -> {
      String namespace = ServiceKey.foldedNamespace(request.getNamespace());
      KeyRules.requireKey(request.getKey());
      read(request.getConsistency(), reply, point -> found(namespace, request.getKey(), point));
    });
  }

  @Override
  public void rangeKeys(RangeKeysRequest request, StreamObserver<RangeKeysResponse> observer) {
    Reply<RangeKeysResponse> reply = Reply.to(observer);
    reply.guard(() -> {
      var page = KeysPage.of(request);
      read(
          request.getConsistency(),
          reply,
          point -> page.from(parts.store(), parts.headers(), point.lagMillis()));
    });
  }

  @Override
  public void putKey(PutKeyRequest request, StreamObserver<PutKeyResponse> observer) {
    Reply<PutKeyResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::put));
  }

  @Override
  public void deleteKeys(DeleteKeysRequest request, StreamObserver<DeleteKeysResponse> observer) {
    Reply<DeleteKeysResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::deleted));
  }

  @Override
  public void transact(TransactRequest request, StreamObserver<TransactResponse> observer) {
    Reply<TransactResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::transacted));
  }

  private <T> void submit(Request request, Reply<T> reply, Function<Outcome, T> answer) {
    long deadlineNanos = CallDeadline.nanos(parts.clock());
    parts.registry().submit(request, deadlineNanos, result -> reply.answer(result, answer));
  }

  private <T> void read(
      dev.rollcall.v1.Consistency consistency, Reply<T> reply, Function<ReadPoint, T> answer) {
    parts
        .registry()
        .read(
            ConsistencyCodec.fromMessage(consistency),
            CallDeadline.nanos(parts.clock()),
            result -> parts.answers().execute(() -> reply.answer(result, answer)));
  }

  private GetKeyResponse found(String foldedNamespace, String key, ReadPoint point) {
    // The revision first: the key read after it is at least as new as it says.
    long revision = parts.store().status().revision();
    var entry =
        parts
            .store()
            .key(foldedNamespace, key)
            .orElseThrow(
                () -> StatusMapper.status(ErrorReason.KEY_NOT_FOUND, "no such key: " + key));
    return GetKeyResponse.newBuilder()
        .setHeader(parts.headers().at(Math.max(revision, entry.modRevision())))
        .setKey(KeyCodec.toMessage(entry))
        .setLagMillis(point.lagMillis())
        .build();
  }

  private PutKeyResponse put(Outcome outcome) {
    if (!(outcome instanceof Outcome.KeyPut put)) {
      throw StatusMapper.refused(outcome);
    }
    var answer =
        PutKeyResponse.newBuilder()
            .setHeader(parts.headers().at(put.revision()))
            .setKey(KeyCodec.toMessage(put.entry()));
    put.previous().ifPresent(entry -> answer.setPrevious(KeyCodec.toMessage(entry)));
    return answer.build();
  }

  private DeleteKeysResponse deleted(Outcome outcome) {
    if (!(outcome instanceof Outcome.KeysDeleted deleted)) {
      throw StatusMapper.refused(outcome);
    }
    return DeleteKeysResponse.newBuilder()
        .setHeader(parts.headers().at(deleted.revision()))
        .setDeleted(deleted.keys())
        .build();
  }

  private TransactResponse transacted(Outcome outcome) {
    if (!(outcome instanceof Outcome.Transacted transacted)) {
      throw StatusMapper.refused(outcome);
    }
    var answer =
        TransactResponse.newBuilder()
            .setHeader(parts.headers().at(transacted.revision()))
            .setSucceeded(transacted.succeeded());
    transacted.results().forEach(result -> answer.addResults(KeyCodec.toMessage(result)));
    return answer.build();
  }
}
