package dev.rollcall.client.keys;

import dev.rollcall.client.Consistency;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.RegistryException.NotFound;
import dev.rollcall.client.RegistryException.Refused;
import dev.rollcall.client.cache.KeyCache;
import dev.rollcall.client.cache.KeyCaches;
import dev.rollcall.client.transport.Asking;
import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.DeleteKeysRequest;
import dev.rollcall.v1.DeleteKeysResponse;
import dev.rollcall.v1.GetKeyRequest;
import dev.rollcall.v1.GetKeyResponse;
import dev.rollcall.v1.KeysGrpc;
import dev.rollcall.v1.PutKeyRequest;
import dev.rollcall.v1.PutKeyResponse;
import dev.rollcall.v1.RangeKeysRequest;
import dev.rollcall.v1.RangeKeysResponse;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.TransactRequest;
import dev.rollcall.v1.TransactResponse;
import dev.rollcall.v1.WriteId;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The keys of the client's namespace. Got from {@code RegistryClient.keys}; safe for any thread.
 * Everything but the caches blocks, for the call timeout at most, the first write for twice that.
 *
 * <p>Writes are numbered within a session, so that one that had to be sent again takes effect once.
 * A write that nobody answered throws {@link RegistryException.Indeterminate}: calling again is
 * another write, which comes after the first if that took effect; {@link KeyPut#expecting} and
 * compares make that safe.
 */
public final class KeyValues {
  private final Asking asking;
  private final WriteSession session;
  private final KeyCaches caches;
  private final String namespace;
  private final Duration timeout;

  /** For the client. */
  public KeyValues(
      Asking asking, WriteSession session, KeyCaches caches, String namespace, Duration timeout) {
    this.asking = asking;
    this.session = session;
    this.caches = caches;
    this.namespace = namespace;
    this.timeout = timeout;
  }

  /** A key, linearizable; empty when there is none. */
  public Optional<KeyEntry> get(String key) {
    return get(key, Consistency.linearizable());
  }

  /** A key, as fresh as said; empty when there is none. */
  public Optional<KeyEntry> get(String key, Consistency consistency) {
    GetKeyRequest request =
        GetKeyRequest.newBuilder()
            .setNamespace(namespace)
            .setKey(key)
            .setConsistency(WireCodec.encode(consistency))
            .build();
    try {
      GetKeyResponse answer =
          asking.ask(
              UnaryCall.read(
                  KeysGrpc.getGetKeyMethod(), request, GetKeyResponse::getHeader, timeout));
      return Optional.of(KeysCodec.decode(answer.getKey()));
    } catch (NotFound none) {
      return Optional.empty();
    }
  }

  /** A page of keys. */
  public KeyPage range(KeyQuery query) {
    RangeKeysRequest request =
        RangeKeysRequest.newBuilder()
            .setNamespace(namespace)
            .setPrefix(query.prefix())
            .setConsistency(WireCodec.encode(query.consistency()))
            .setPageSize(query.pageSize())
            .setPageToken(query.pageToken())
            .setKeysOnly(query.keysOnly())
            .build();
    RangeKeysResponse answer =
        asking.ask(
            UnaryCall.read(
                KeysGrpc.getRangeKeysMethod(), request, RangeKeysResponse::getHeader, timeout));
    return new KeyPage(
        KeysCodec.decode(answer.getKeysList()),
        answer.getHeader().getRevision(),
        answer.getNextPageToken());
  }

  /**
   * All keys that are looked for, from the query's page on, page by page, in order. What changes
   * meanwhile may be seen or not. Blocks, for each page at most the call timeout.
   */
  public List<KeyEntry> rangeAll(KeyQuery query) {
    var all = new ArrayList<KeyEntry>();
    KeyPage page = range(query);
    // The first page saw every write acknowledged before; the others need only be no older.
    KeyQuery rest =
        query.consistency() instanceof Consistency.Linearizable
            ? query.withConsistency(Consistency.minRevision(page.revision()))
            : query;
    all.addAll(page.entries());
    while (!page.nextPageToken().isEmpty()) {
      page = range(rest.after(page.nextPageToken()));
      all.addAll(page.entries());
    }
    return all;
  }

  /** Sets a key, whatever was there; it goes with no lease. */
  public KeyWritten put(String key, Value value) {
    return put(KeyPut.of(key, value));
  }

  /**
   * Sets a key.
   *
   * @throws RegistryException.Refused with REVISION_MISMATCH when it is not at the revision
   *     expected
   */
  public KeyWritten put(KeyPut put) {
    PutKeyRequest.Builder request =
        PutKeyRequest.newBuilder()
            .setNamespace(namespace)
            .setKey(put.key())
            .setValue(KeysCodec.encode(put.value()))
            .setLeaseId(put.leaseId());
    put.expectedRevision().ifPresent(request::setExpectedRevision);
    PutKeyResponse answer =
        write(
            KeysGrpc.getPutKeyMethod(),
            id -> request.setWriteId(id).build(),
            PutKeyResponse::getHeader);
    return new KeyWritten(
        KeysCodec.decode(answer.getKey(), put.value()),
        answer.hasPrevious()
            ? Optional.of(KeysCodec.decode(answer.getPrevious()))
            : Optional.empty());
  }

  /** Deletes a key; that there is none is not an error. */
  public KeysDeleted delete(String key) {
    return delete(key, false, OptionalLong.empty());
  }

  /**
   * Deletes a key.
   *
   * @param expectedRevision mod revision that it must have
   * @throws RegistryException.Refused with REVISION_MISMATCH when it has another, or is not there
   */
  public KeysDeleted delete(String key, long expectedRevision) {
    return delete(key, false, OptionalLong.of(expectedRevision));
  }

  /**
   * Deletes all keys that begin so, at one revision.
   *
   * @param prefix empty means all of the namespace
   * @throws RegistryException.Refused with TOO_MANY_KEYS when they are more than 1,000
   */
  public KeysDeleted deletePrefix(String prefix) {
    return delete(prefix, true, OptionalLong.empty());
  }

  private KeysDeleted delete(String key, boolean isPrefix, OptionalLong expectedRevision) {
    DeleteKeysRequest.Builder request =
        DeleteKeysRequest.newBuilder().setNamespace(namespace).setKey(key).setIsPrefix(isPrefix);
    expectedRevision.ifPresent(request::setExpectedRevision);
    DeleteKeysResponse answer =
        write(
            KeysGrpc.getDeleteKeysMethod(),
            id -> request.setWriteId(id).build(),
            DeleteKeysResponse::getHeader);
    return new KeysDeleted(answer.getDeleted(), answer.getHeader().getRevision());
  }

  /** Compares, then does one thing or another, at one revision. */
  public TransactionResult transact(Transaction transaction) {
    TransactRequest.Builder request = KeysCodec.encode(transaction).setNamespace(namespace);
    return KeysCodec.decode(
        write(
            KeysGrpc.getTransactMethod(),
            id -> request.setWriteId(id).build(),
            TransactResponse::getHeader));
  }

  /** A key, kept up to date until the cache, or the client, is closed. Does not block. */
  public KeyCache cache(String key) {
    return caches.cache(namespace, key, false);
  }

  /**
   * All keys that begin so, kept up to date until the cache, or the client, is closed. Does not
   * block.
   *
   * @param prefix empty means all of the namespace
   */
  public KeyCache cachePrefix(String prefix) {
    return caches.cache(namespace, prefix, true);
  }

  private <Q, A> A write(
      MethodDescriptor<Q, A> method,
      Function<WriteId, Q> request,
      Function<A, ResponseHeader> header) {
    try {
      return writeOnce(method, request, header);
    } catch (Refused failure) {
      // It says that nothing was executed: the session ended while nobody wrote.
      if (failure.reason() == Reason.SESSION_EXPIRED) {
        return writeOnce(method, request, header);
      }
      throw failure;
    }
  }

  private <Q, A> A writeOnce(
      MethodDescriptor<Q, A> method,
      Function<WriteId, Q> request,
      Function<A, ResponseHeader> header) {
    WriteSession.Write write = session.begin();
    try {
      return asking.ask(UnaryCall.write(method, request.apply(write.id()), header, timeout));
    } catch (Refused failure) {
      if (failure.reason() == Reason.SESSION_EXPIRED) {
        write.sessionExpired();
      }
      throw failure;
    } finally {
      write.end();
    }
  }
}
