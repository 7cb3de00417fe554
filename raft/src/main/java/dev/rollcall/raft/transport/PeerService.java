package dev.rollcall.raft.transport;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.bootstrap.Admission;
import dev.rollcall.raft.bootstrap.AdmissionRefused;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.v1.AdmitRequest;
import dev.rollcall.raft.v1.AdmitResponse;
import dev.rollcall.raft.v1.DeliverSummary;
import dev.rollcall.raft.v1.Envelope;
import dev.rollcall.raft.v1.Frame;
import dev.rollcall.raft.v1.Hello;
import dev.rollcall.raft.v1.IdentifyRequest;
import dev.rollcall.raft.v1.IdentifyResponse;
import dev.rollcall.raft.v1.RaftPeerGrpc;
import dev.rollcall.raft.v1.SnapshotEnvelope;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The incoming side of the peer port, on a server with {@link PeerSettings#server}: tells who this
 * node is from the first moment on, and takes messages while the node runs. Nothing blocks here.
 *
 * <p>A lane of another cluster, another history or for another addressee ends with
 * FAILED_PRECONDITION at once, and is logged once a minute for each sender. While the node does not
 * run, lanes stay open and what they bring is dropped, so that the first election need not wait for
 * them.
 */
public final class PeerService extends RaftPeerGrpc.RaftPeerImplBase {
  /** Trailer of a lane by which a removed node was turned away. */
  static final Metadata.Key<String> REMOVED =
      Metadata.Key.of("rollcall-removed", Metadata.ASCII_STRING_MARSHALLER);

  private final UnaryOperator<Introduction> introduce;
  private final Function<Admission, CompletableFuture<Void>> admit;
  private final QuietLog log;
  private volatile @Nullable Receiver receiver;

  /**
   * Begins by answering Identify and Admit only.
   *
   * @param introduce what this node says of itself to one that introduces itself, such as {@link
   *     dev.rollcall.raft.bootstrap.Bootstrap#introduce}
   * @param admit takes the word of a leader that this node is let in, such as {@link
   *     dev.rollcall.raft.bootstrap.Bootstrap#admit}
   */
  public PeerService(
      UnaryOperator<Introduction> introduce, Function<Admission, CompletableFuture<Void>> admit) {
    this.introduce = introduce;
    this.admit = admit;
    this.log = new QuietLog(LoggerFactory.getLogger(PeerService.class), Clock.SYSTEM);
  }

  /**
   * From now on messages are taken.
   *
   * @param self who this node is
   * @param receive takes a message and its sender, without blocking, such as {@link
   *     dev.rollcall.raft.driver.RaftNode#receive}
   * @param receiveSnapshot the same for messages about snapshots
   * @param events knows who was removed
   * @param heard told where the peers of a sender reach it, before its first message
   */
  public void open(
      LogIdentity self,
      BiConsumer<NodeId, Message> receive,
      BiConsumer<NodeId, SnapshotMessage> receiveSnapshot,
      PeerEvents events,
      BiConsumer<NodeId, String> heard) {
    receiver = new Receiver(self, receive, receiveSnapshot, events, heard);
  }

  /** From now on messages are dropped. */
  public void close() {
    receiver = null;
  }

  @Override
  public void identify(IdentifyRequest request, StreamObserver<IdentifyResponse> response) {
    Introduction asker;
    try {
      asker = IntroductionCodec.decode(request.getIdentity());
    } catch (IllegalArgumentException e) {
      response.onError(
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
      return;
    }
    response.onNext(
        IdentifyResponse.newBuilder()
            .setIdentity(IntroductionCodec.encode(introduce.apply(asker)))
            .build());
    response.onCompleted();
  }

  @Override
  public void admit(AdmitRequest request, StreamObserver<AdmitResponse> response) {
    Admission admission;
    try {
      admission = IntroductionCodec.decode(request);
    } catch (IllegalArgumentException e) {
      response.onError(
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
      return;
    }
    var unused =
        admit
            .apply(admission)
            .whenComplete((taken, failure) -> {
              if (failure == null) {
                response.onNext(AdmitResponse.getDefaultInstance());
                response.onCompleted();
              } else {
                response.onError(status(failure).asRuntimeException());
              }
            });
  }

  private static Status status(Throwable failure) {
    boolean isFinal = failure instanceof AdmissionRefused refused && refused.isFinal();
    return (isFinal ? Status.FAILED_PRECONDITION : Status.UNAVAILABLE)
        .withDescription(failure.getMessage());
  }

  @Override
  public StreamObserver<Frame> deliver(StreamObserver<DeliverSummary> response) {
    return new IncomingLane(response);
  }

  private record Receiver(
      LogIdentity self,
      BiConsumer<NodeId, Message> receive,
      BiConsumer<NodeId, SnapshotMessage> receiveSnapshot,
      PeerEvents events,
      BiConsumer<NodeId, String> heard) {
    /**
     * @throws IllegalArgumentException when the group is another one
     */
    void requireGroup(int groupId) {
      if (groupId != self.groupId()) {
        throw new IllegalArgumentException("unknown raft group " + groupId);
      }
    }
  }

  /** A lane from its first frame, which must be a Hello, to its end. */
  private final class IncomingLane implements StreamObserver<Frame> {
    private final StreamObserver<DeliverSummary> response;
    private @Nullable Hello hello;

    /** Set once the hello has been found to be meant for this node. */
    private @Nullable NodeId from;

    private boolean isOver;

    private IncomingLane(StreamObserver<DeliverSummary> response) {
      this.response = response;
    }

    @Override
    public void onNext(Frame frame) {
      if (isOver) {
        return;
      }
      try {
        switch (frame.getFrameCase()) {
          case HELLO -> greet(frame.getHello());
          case ENVELOPE -> deliver(frame.getEnvelope());
          case SNAPSHOT -> deliver(frame.getSnapshot());
          case FRAME_NOT_SET ->
              throw new IllegalArgumentException("a frame that this version does not know");
        }
      } catch (IllegalArgumentException e) {
        log.warn(e.getMessage() + from, "unreadable from peer " + from + ": " + e.getMessage());
        end(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
      }
    }

    @Override
    public void onError(Throwable cause) {
      isOver = true;
    }

    @Override
    public void onCompleted() {
      if (!isOver) {
        isOver = true;
        response.onNext(DeliverSummary.getDefaultInstance());
        response.onCompleted();
      }
    }

    private void greet(Hello first) {
      if (hello != null) {
        throw new IllegalArgumentException("a second hello");
      }
      hello = first;
      // One who was removed may have nothing to say any more, and must hear of it all the same.
      sender(receiver);
    }

    private void deliver(Envelope envelope) {
      Receiver now = receiver;
      NodeId sender = sender(now);
      if (now != null && sender != null) {
        now.requireGroup(envelope.getGroupId());
        now.receive.accept(sender, MessageCodec.decode(envelope));
      }
    }

    private void deliver(SnapshotEnvelope envelope) {
      Receiver now = receiver;
      NodeId sender = sender(now);
      if (now != null && sender != null) {
        now.requireGroup(envelope.getGroupId());
        now.receiveSnapshot.accept(sender, SnapshotCodec.decode(envelope));
      }
    }

    /** Who sends on this lane; null while the node does not run, and when the lane was refused. */
    private @Nullable NodeId sender(@Nullable Receiver now) {
      Hello greeting = hello;
      if (greeting == null) {
        throw new IllegalArgumentException("a lane must begin with a hello");
      }
      if (now == null) {
        return null;
      }
      NodeId sender = from;
      if (sender == null) {
        sender = IntroductionCodec.nodeId(greeting.getFrom());
        Optional<String> mismatch = mismatch(now.self, greeting);
        if (mismatch.isPresent()) {
          log.warn(sender, "refused node %s: %s".formatted(sender, mismatch.get()));
          end(Status.FAILED_PRECONDITION.withDescription(mismatch.get()));
          return null;
        }
      }
      if (now.events.isRemoved(sender)) {
        turnAway(sender);
        return null;
      }
      if (from == null) {
        from = sender;
        if (!greeting.getFromAddress().isEmpty()) {
          now.heard.accept(sender, greeting.getFromAddress());
        }
      }
      return sender;
    }

    private void turnAway(NodeId sender) {
      isOver = true;
      var trailers = new Metadata();
      trailers.put(REMOVED, "true");
      response.onError(
          Status.FAILED_PRECONDITION
              .withDescription("node %s was removed from the cluster".formatted(sender))
              .asRuntimeException(trailers));
    }

    private void end(Status status) {
      isOver = true;
      response.onError(status.asRuntimeException());
    }
  }

  private static Optional<String> mismatch(LogIdentity self, Hello hello) {
    String cluster = hex(self.clusterId().bytes());
    String history = hex(self.historyId().bytes());
    String node = self.nodeId().toString();
    return Stream.of(
            mismatch("sent from cluster %s to cluster %s", hello.getClusterId(), cluster),
            mismatch("sent from history %s to history %s", hello.getHistoryId(), history),
            mismatch("meant for node %s, reached node %s", hello.getTo(), node))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> mismatch(String line, ByteString theirs, String own) {
    String other = hex(theirs.toByteArray());
    return other.equals(own) ? Optional.empty() : Optional.of(line.formatted(other, own));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
