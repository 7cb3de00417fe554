package dev.rollcall.client.transport;

import dev.rollcall.v1.ResponseHeader;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.function.Function;

/**
 * One request with one answer. Every request of this client is safe to repeat: reads change
 * nothing, writes name the incarnation they are about or are numbered within a session, and a lease
 * that is granted twice ends by itself.
 *
 * @param header where the answer says which cluster it comes from
 * @param timeout for all attempts together
 * @param isWrite whether it matters if an attempt without an answer was executed
 */
public record UnaryCall<Q, A>(
    MethodDescriptor<Q, A> method,
    Q request,
    Function<A, ResponseHeader> header,
    Duration timeout,
    boolean isWrite) {
  /** A request that changes nothing. */
  public static <Q, A> UnaryCall<Q, A> read(
      MethodDescriptor<Q, A> method,
      Q request,
      Function<A, ResponseHeader> header,
      Duration timeout) {
    return new UnaryCall<>(method, request, header, timeout, false);
  }

  /** A request that changes something. */
  public static <Q, A> UnaryCall<Q, A> write(
      MethodDescriptor<Q, A> method,
      Q request,
      Function<A, ResponseHeader> header,
      Duration timeout) {
    return new UnaryCall<>(method, request, header, timeout, true);
  }
}
