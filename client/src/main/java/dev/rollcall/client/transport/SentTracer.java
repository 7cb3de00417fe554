package dev.rollcall.client.transport;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * Notices whether a request left this process: one that did not was certainly not executed, which a
 * caller that finds every node down wants to know.
 */
final class SentTracer extends ClientStreamTracer.Factory {
  private volatile boolean wasSent;

  boolean wasSent() {
    return wasSent;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void outboundHeaders() {
        wasSent = true;
      }

      @Override
      public void outboundMessage(int sequence) {
        wasSent = true;
      }
    };
  }
}
