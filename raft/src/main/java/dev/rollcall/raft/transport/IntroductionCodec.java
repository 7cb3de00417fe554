package dev.rollcall.raft.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.rollcall.raft.bootstrap.Admission;
import dev.rollcall.raft.bootstrap.ClusterIdentity;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.v1.AdmitRequest;
import dev.rollcall.raft.v1.BootstrapMember;
import dev.rollcall.raft.v1.Identity;
import java.nio.ByteBuffer;
import java.util.Optional;

/** {@link Introduction}, {@link Admission} and ids ↔ proto. */
final class IntroductionCodec {
  private static final int ID_BYTES = 16;

  private IntroductionCodec() {}

  static Identity encode(Introduction introduction) {
    Identity.Builder identity =
        Identity.newBuilder()
            .setNodeId(bytes(introduction.nodeId()))
            .setPeerAddress(introduction.peerAddress())
            .setClientAddress(introduction.clientAddress())
            .addAllListed(introduction.listed())
            .setFeatureLevel(introduction.featureLevel());
    for (Member member : introduction.agreed()) {
      identity.addAgreed(
          BootstrapMember.newBuilder()
              .setNodeId(bytes(member.id()))
              .setPeerAddress(member.peerAddress())
              .setClientAddress(member.clientAddress()));
    }
    introduction
        .cluster()
        .ifPresent(cluster ->
            identity
                .setClusterId(wrap(cluster.clusterId().bytes()))
                .setHistoryId(wrap(cluster.historyId().bytes())));
    return identity.build();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when an id has not 16 bytes
   */
  static Introduction decode(Identity identity) {
    return new Introduction(
        nodeId(identity.getNodeId()),
        identity.getPeerAddress(),
        identity.getClientAddress(),
        identity.getListedList(),
        identity.getAgreedList().stream()
            .map(member ->
                new Member(
                    nodeId(member.getNodeId()), member.getPeerAddress(), member.getClientAddress()))
            .toList(),
        identity.getClusterId().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new ClusterIdentity(
                    ClusterId.of(identity.getClusterId().toByteArray()),
                    HistoryId.of(identity.getHistoryId().toByteArray()))),
        identity.getFeatureLevel());
  }

  static AdmitRequest encode(Admission admission) {
    return AdmitRequest.newBuilder()
        .setNodeId(bytes(admission.addressee()))
        .setClusterId(wrap(admission.cluster().clusterId().bytes()))
        .setHistoryId(wrap(admission.cluster().historyId().bytes()))
        .setConfiguration(wrap(admission.configuration().encode().bytes()))
        .build();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when an id has not 16 bytes, or the configuration is none
   */
  static Admission decode(AdmitRequest request) {
    return new Admission(
        nodeId(request.getNodeId()),
        new ClusterIdentity(
            ClusterId.of(request.getClusterId().toByteArray()),
            HistoryId.of(request.getHistoryId().toByteArray())),
        Configuration.decode(Payload.wrap(request.getConfiguration().toByteArray())));
  }

  static ByteString bytes(NodeId id) {
    return wrap(ByteBuffer.allocate(ID_BYTES).putLong(id.high()).putLong(id.low()).array());
  }

  static NodeId nodeId(ByteString bytes) {
    if (bytes.size() != ID_BYTES) {
      throw new IllegalArgumentException("a node id has 16 bytes, not " + bytes.size());
    }
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return new NodeId(buffer.getLong(), buffer.getLong());
  }

  static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
