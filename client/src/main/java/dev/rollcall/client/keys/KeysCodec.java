package dev.rollcall.client.keys;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.CompareResult;
import dev.rollcall.v1.KeyDelete;
import dev.rollcall.v1.KeyGet;
import dev.rollcall.v1.KeyOperationResult;
import dev.rollcall.v1.KeyRange;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.TransactRequest;
import dev.rollcall.v1.TransactResponse;
import java.util.List;
import java.util.Optional;

/** Between messages and values. Any thread. */
public final class KeysCodec {
  private KeysCodec() {}

  /** A key as the registry says it. */
  public static KeyEntry decode(KeyValue message) {
    return decode(message, Value.of(message.getValue().toByteArray()));
  }

  static KeyEntry decode(KeyValue message, Value value) {
    return new KeyEntry(
        message.getKey(),
        value,
        message.getCreateRevision(),
        message.getModRevision(),
        message.getVersion(),
        message.getLeaseId());
  }

  static List<KeyEntry> decode(List<KeyValue> messages) {
    return messages.stream().map(KeysCodec::decode).toList();
  }

  static ByteString encode(Value value) {
    return ByteString.copyFrom(value.bytes());
  }

  static TransactRequest.Builder encode(Transaction transaction) {
    TransactRequest.Builder request = TransactRequest.newBuilder();
    transaction.compares().forEach(it -> request.addCompares(encode(it)));
    transaction.success().forEach(it -> request.addSuccess(encode(it)));
    transaction.failure().forEach(it -> request.addFailure(encode(it)));
    return request;
  }

  private static dev.rollcall.v1.Compare encode(Compare compare) {
    var message =
        dev.rollcall.v1.Compare.newBuilder()
            .setKey(compare.key())
            .setResult(encode(compare.relation()));
    switch (compare.subject()) {
      case MOD_REVISION -> message.setModRevision(compare.number());
      case CREATE_REVISION -> message.setCreateRevision(compare.number());
      case VERSION -> message.setVersion(compare.number());
      case LEASE -> message.setLeaseId(compare.number());
      case VALUE -> message.setValue(encode(compare.value()));
    }
    return message.build();
  }

  private static CompareResult encode(Compare.Relation relation) {
    return switch (relation) {
      case EQUAL -> CompareResult.COMPARE_RESULT_EQUAL;
      case NOT_EQUAL -> CompareResult.COMPARE_RESULT_NOT_EQUAL;
      case LESS -> CompareResult.COMPARE_RESULT_LESS;
      case GREATER -> CompareResult.COMPARE_RESULT_GREATER;
    };
  }

  private static dev.rollcall.v1.KeyOperation encode(KeyOperation operation) {
    var message = dev.rollcall.v1.KeyOperation.newBuilder();
    if (operation instanceof KeyOperation.Get get) {
      message.setGet(KeyGet.newBuilder().setKey(get.key()));
    } else if (operation instanceof KeyOperation.Range range) {
      message.setRange(KeyRange.newBuilder().setPrefix(range.prefix()).setLimit(range.limit()));
    } else if (operation instanceof KeyOperation.Put put) {
      message.setPut(
          dev.rollcall.v1.KeyPut.newBuilder()
              .setKey(put.key())
              .setValue(encode(put.value()))
              .setLeaseId(put.leaseId()));
    } else if (operation instanceof KeyOperation.Delete delete) {
      message.setDelete(KeyDelete.newBuilder().setKey(delete.key()).setIsPrefix(delete.isPrefix()));
    }
    return message.build();
  }

  static TransactionResult decode(TransactResponse message) {
    return new TransactionResult(
        message.getSucceeded(),
        message.getHeader().getRevision(),
        message.getResultsList().stream().map(KeysCodec::decode).toList());
  }

  private static TransactionResult.Result decode(KeyOperationResult message) {
    return new TransactionResult.Result(
        decode(message.getKeysList()),
        message.getMore(),
        message.getDeleted(),
        message.hasPut() ? Optional.of(decode(message.getPut())) : Optional.empty());
  }
}
