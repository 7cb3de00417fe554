package dev.rollcall.server.discovery;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.api.CallDeadline;
import dev.rollcall.server.api.ConsistencyCodec;
import dev.rollcall.server.api.EventLoops;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.api.Reply;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.server.replication.LinearizableRead;
import dev.rollcall.server.replication.ReadPoint;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.server.replication.Result;
import dev.rollcall.server.watch.WatchMethod;
import dev.rollcall.server.watch.WatchPump;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.SpecCodec;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSnapshot;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.ExplainRequest;
import dev.rollcall.v1.ExplainResponse;
import dev.rollcall.v1.GetInstanceRequest;
import dev.rollcall.v1.GetInstanceResponse;
import dev.rollcall.v1.ListServicesRequest;
import dev.rollcall.v1.ListServicesResponse;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ResolveResponse;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** The gRPC service {@code rollcall.v1.Discovery}. */
public final class DiscoveryService implements DiscoveryGrpc.AsyncService, BindableService {
  private final Parts parts;
  private final WatchPump pump;
  private final ReadTurns turns;
  private final Executor answers;

  /** As page tokens name it. */
  private final long history;

  /**
   * What lookups need of their node.
   *
   * @param loops where answers are made: a large one must not hold up the apply thread, on which
   *     reads are released
   * @param rows where answers are made that read rows
   */
  public record Parts(
      Registry registry,
      RegistryStore store,
      Clock clock,
      Headers headers,
      EventLoops loops,
      Executor rows) {}

  /** Over the node's one door to the registry, its store and its watches. */
  public DiscoveryService(Parts parts, WatchPump pump) {
    this.parts = parts;
    this.pump = pump;
    turns = new ReadTurns(parts.registry()::readTogether, parts.loops());
    answers = parts.loops().executor();
    history = parts.headers().historyId().asReadOnlyByteBuffer().getLong();
  }

  @Override
  public ServerServiceDefinition bindService() {
    var service = ResolveMethod.into(DiscoveryGrpc.bindService(this), this::resolveEncoded);
    return WatchMethod.into(service, pump);
  }

  private void resolveEncoded(ResolveRequest request, StreamObserver<ResolveAnswer> observer) {
    Reply<ResolveAnswer> reply = Reply.to(observer);
    reply.guard(() -> {
      var page = InstancePage.of(request);
      read(request.getConsistency(), reply, point -> resolved(page, point));
    });
  }

  @Override
  public void getInstance(
      GetInstanceRequest request, StreamObserver<GetInstanceResponse> observer) {
    Reply<GetInstanceResponse> reply = Reply.to(observer);
    reply.guard(() -> {
      var named = request.getKey();
      var service = new ServiceKey(named.getNamespace(), named.getService());
      var key = new InstanceKey(service, named.getInstanceId());
      read(request.getConsistency(), reply, point -> found(key, point));
    });
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<ExplainResponse> observer) {
    Reply<ExplainResponse> reply = Reply.to(observer);
    reply.guard(() -> {
      var explanation = Explanation.of(request);
      parts
          .registry()
          .read(
              ConsistencyCodec.fromMessage(request.getConsistency()),
              CallDeadline.nanos(parts.clock()),
              result ->
                  reply.guard(() ->
                      lookIntoRows(
                          () -> reply.answer(result, point -> explained(explanation, point)))));
    });
  }

  private void lookIntoRows(Runnable answer) {
    try {
      parts.rows().execute(answer);
    } catch (RejectedExecutionException e) {
      throw StatusMapper.status(ErrorReason.OVERLOADED, "too many such questions wait here");
    }
  }

  private ExplainResponse explained(Explanation explanation, ReadPoint point) {
    return explanation
        .from(parts.store())
        .setHeader(parts.headers().at(parts.store().status().revision()))
        .setLagMillis(point.lagMillis())
        .build();
  }

  @Override
  public void listServices(
      ListServicesRequest request, StreamObserver<ListServicesResponse> observer) {
    Reply<ListServicesResponse> reply = Reply.to(observer);
    reply.guard(() -> {
      var page = ServicePage.of(request);
      read(request.getConsistency(), reply, point -> page.from(parts.store(), parts.headers()));
    });
  }

  private <T> void read(
      dev.rollcall.v1.Consistency message, Reply<T> reply, Function<ReadPoint, T> answer) {
    Consistency level = ConsistencyCodec.fromMessage(message);
    long deadlineNanos = CallDeadline.nanos(parts.clock());
    Consumer<Result<ReadPoint>> done =
        result -> answers.execute(() -> reply.answer(result, answer));
    if (level instanceof Consistency.Linearizable) {
      turns.add(new LinearizableRead(deadlineNanos, done));
    } else {
      parts.registry().read(level, deadlineNanos, done);
    }
  }

  private ResolveAnswer resolved(InstancePage page, ReadPoint point) {
    // The revision first: the snapshot read after it is at least as new as it says.
    long revision = parts.store().status().revision();
    ServiceSnapshot snapshot = parts.store().service(page.service());
    Optional<ByteString> whole = page.isWhole() ? snapshot.encoded() : Optional.empty();
    var head = whole.isPresent() ? ResolveResponse.newBuilder() : page.from(snapshot, history);
    head.setHeader(parts.headers().at(Math.max(revision, snapshot.revision())))
        .setServiceRevision(snapshot.revision())
        .setGuarded(parts.store().guardView().isEngaged(page.service().foldedNamespace()))
        .setLagMillis(point.lagMillis());
    snapshot.spec().ifPresent(spec -> head.setSpec(SpecCodec.toMessage(spec)));
    return new ResolveAnswer(head.build(), whole.orElse(ByteString.EMPTY));
  }

  private GetInstanceResponse found(InstanceKey key, ReadPoint point) {
    // The revision first, as above.
    long revision = parts.store().status().revision();
    var instance =
        parts
            .store()
            .instance(key)
            .orElseThrow(() ->
                StatusMapper.status(ErrorReason.INSTANCE_NOT_FOUND, "no such instance: " + key));
    return GetInstanceResponse.newBuilder()
        .setHeader(parts.headers().at(Math.max(revision, instance.modRevision())))
        .setInstance(instance.message())
        .setLagMillis(point.lagMillis())
        .build();
  }
}
