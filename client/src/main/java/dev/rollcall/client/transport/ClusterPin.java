package dev.rollcall.client.transport;

import com.google.protobuf.ByteString;
import dev.rollcall.client.RegistryException.WrongCluster;
import dev.rollcall.v1.ResponseHeader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cluster that answered first; the only one this client believes. */
public final class ClusterPin {
  private @Nullable ByteString cluster;
  private String firstAddress = "";

  /** Pins the first cluster seen; tells when an answer comes from another one. */
  public Optional<WrongCluster> check(ResponseHeader header, String address) {
    ByteString pinned = cluster;
    if (pinned == null) {
      cluster = header.getClusterId();
      firstAddress = address;
      return Optional.empty();
    }
    if (pinned.equals(header.getClusterId())) {
      return Optional.empty();
    }
    return Optional.of(
        new WrongCluster(
            address
                + " belongs to cluster "
                + WireCodec.hex(header.getClusterId())
                + ", but "
                + firstAddress
                + " to cluster "
                + WireCodec.hex(pinned)));
  }
}
