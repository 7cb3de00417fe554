package dev.rollcall.store;

import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.kv.Compare;
import dev.rollcall.store.kv.Compare.Target;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOperation;
import dev.rollcall.store.kv.KeyResult;
import dev.rollcall.v1.CompareResult;
import dev.rollcall.v1.KeyDelete;
import dev.rollcall.v1.KeyGet;
import dev.rollcall.v1.KeyOperationResult;
import dev.rollcall.v1.KeyPut;
import dev.rollcall.v1.KeyRange;
import dev.rollcall.v1.KeyValue;

/** Keys between the wire (which is also their form in rows and in the log) and values. */
public final class KeyCodec {
  private KeyCodec() {}

  /** A key as it is served; of which namespace, the message does not say. */
  public static KeyValue toMessage(KeyEntry entry) {
    return KeyValue.newBuilder()
        .setKey(entry.key())
        .setValue(entry.value())
        .setCreateRevision(entry.createRevision())
        .setModRevision(entry.modRevision())
        .setVersion(entry.version())
        .setLeaseId(entry.leaseId())
        .build();
  }

  /** A key as it is in a row. */
  static KeyEntry fromMessage(String foldedNamespace, KeyValue message) {
    return new KeyEntry(
        foldedNamespace,
        message.getKey(),
        message.getValue(),
        message.getCreateRevision(),
        message.getModRevision(),
        message.getVersion(),
        message.getLeaseId());
  }

  /** What an operation did, as it is answered. */
  public static KeyOperationResult toMessage(KeyResult result) {
    var message = KeyOperationResult.newBuilder();
    switch (result) {
      case KeyResult.Found(var entries, boolean hasMore) -> {
        entries.forEach(entry -> message.addKeys(toMessage(entry)));
        message.setMore(hasMore);
      }
      case KeyResult.Put(var entry) -> message.setPut(toMessage(entry));
      case KeyResult.Deleted(int keys) -> message.setDeleted(keys);
    }
    return message.build();
  }

  static dev.rollcall.v1.Compare toMessage(Compare compare) {
    var message =
        dev.rollcall.v1.Compare.newBuilder()
            .setKey(compare.key())
            .setResult(toMessage(compare.result()));
    switch (compare.target()) {
      case Target.Value(var value) -> message.setValue(value);
      case Target.Figure(var of, long value) -> {
        switch (of) {
          case MOD_REVISION -> message.setModRevision(value);
          case CREATE_REVISION -> message.setCreateRevision(value);
          case VERSION -> message.setVersion(value);
          case LEASE_ID -> message.setLeaseId(value);
        }
      }
    }
    return message.build();
  }

  static Compare fromMessage(dev.rollcall.v1.Compare message) {
    Target target =
        switch (message.getTargetCase()) {
          case MOD_REVISION -> new Target.Figure(Compare.Of.MOD_REVISION, message.getModRevision());
          case CREATE_REVISION ->
              new Target.Figure(Compare.Of.CREATE_REVISION, message.getCreateRevision());
          case VERSION -> new Target.Figure(Compare.Of.VERSION, message.getVersion());
          case LEASE_ID -> new Target.Figure(Compare.Of.LEASE_ID, message.getLeaseId());
          case VALUE -> new Target.Value(message.getValue());
          case TARGET_NOT_SET ->
              throw new InvalidRequest(Rule.OTHER, "a compare without what to compare");
        };
    return new Compare(message.getKey(), result(message.getResult()), target);
  }

  static dev.rollcall.v1.KeyOperation toMessage(KeyOperation operation) {
    var message = dev.rollcall.v1.KeyOperation.newBuilder();
    switch (operation) {
      case KeyOperation.Get(var key) -> message.setGet(KeyGet.newBuilder().setKey(key));
      case KeyOperation.Range(var prefix, int limit) ->
          message.setRange(KeyRange.newBuilder().setPrefix(prefix).setLimit(limit));
      case KeyOperation.Put(var key, var value, long leaseId) ->
          message.setPut(KeyPut.newBuilder().setKey(key).setValue(value).setLeaseId(leaseId));
      case KeyOperation.Delete(var key, boolean isPrefix) ->
          message.setDelete(KeyDelete.newBuilder().setKey(key).setIsPrefix(isPrefix));
    }
    return message.build();
  }

  static KeyOperation fromMessage(dev.rollcall.v1.KeyOperation message) {
    return switch (message.getOperationCase()) {
      case GET -> new KeyOperation.Get(message.getGet().getKey());
      case RANGE -> {
        int limit = message.getRange().getLimit();
        yield new KeyOperation.Range(
            message.getRange().getPrefix(), limit == 0 ? KeyOperation.Range.LIMIT_MAX : limit);
      }
      case PUT -> {
        var put = message.getPut();
        yield new KeyOperation.Put(put.getKey(), put.getValue(), put.getLeaseId());
      }
      case DELETE ->
          new KeyOperation.Delete(message.getDelete().getKey(), message.getDelete().getIsPrefix());
      case OPERATION_NOT_SET ->
          throw new InvalidRequest(Rule.OTHER, "an operation that says nothing");
    };
  }

  private static CompareResult toMessage(Compare.Result result) {
    return switch (result) {
      case EQUAL -> CompareResult.COMPARE_RESULT_EQUAL;
      case NOT_EQUAL -> CompareResult.COMPARE_RESULT_NOT_EQUAL;
      case LESS -> CompareResult.COMPARE_RESULT_LESS;
      case GREATER -> CompareResult.COMPARE_RESULT_GREATER;
    };
  }

  private static Compare.Result result(CompareResult result) {
    return switch (result) {
      case COMPARE_RESULT_EQUAL -> Compare.Result.EQUAL;
      case COMPARE_RESULT_NOT_EQUAL -> Compare.Result.NOT_EQUAL;
      case COMPARE_RESULT_LESS -> Compare.Result.LESS;
      case COMPARE_RESULT_GREATER -> Compare.Result.GREATER;
      case COMPARE_RESULT_UNSPECIFIED, UNRECOGNIZED ->
          throw new InvalidRequest(Rule.OTHER, "a compare that does not say how");
    };
  }
}
