package dev.rollcall.server.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnsafeByteOperations;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.ResolveResponse;
import io.grpc.Drainable;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ResolveAnswerTest {
  private final ResolveResponse head =
      ResolveResponse.newBuilder().setServiceRevision(7).setNextPageToken("next").build();
  private final ResolveResponse instances =
      ResolveResponse.newBuilder()
          .addInstances(Instance.newBuilder().setInstanceId("a"))
          .addInstances(Instance.newBuilder().setInstanceId("b"))
          .build();
  private final ResolveAnswer answer = new ResolveAnswer(head, instances.toByteString());

  @Test
  void isOneMessageDrainedOrRead() throws Exception {
    var whole = head.toBuilder().mergeFrom(instances).build();
    var drained = new ByteArrayOutputStream();
    var stream = ResolveAnswer.Marshaller.MARSHALLER.stream(answer);

    assertThat(stream.available()).isEqualTo(whole.getSerializedSize());
    assertThat(((Drainable) stream).drainTo(drained)).isEqualTo(whole.getSerializedSize());
    assertThat(ResolveResponse.parseFrom(drained.toByteArray())).isEqualTo(whole);
    assertThat(ResolveResponse.parseFrom(ResolveAnswer.Marshaller.MARSHALLER.stream(answer)))
        .isEqualTo(whole);
  }

  @Test
  void drainsTheInstancesWithoutACopyOfThem() throws Exception {
    byte[] encoded = instances.toByteArray();
    var stream =
        ResolveAnswer.Marshaller.MARSHALLER.stream(
            new ResolveAnswer(head, UnsafeByteOperations.unsafeWrap(encoded)));
    var given = new ArrayList<byte[]>();
    var target =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int from, int count) {
            given.add(bytes);
          }
        };

    assertThat(((Drainable) stream).drainTo(target)).isPositive();
    assertThat(given.getLast()).isSameAs(encoded);
  }
}
