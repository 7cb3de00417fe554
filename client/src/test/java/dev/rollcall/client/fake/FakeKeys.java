package dev.rollcall.client.fake;

import dev.rollcall.v1.Compare;
import dev.rollcall.v1.DeleteKeysRequest;
import dev.rollcall.v1.DeleteKeysResponse;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.GetKeyRequest;
import dev.rollcall.v1.GetKeyResponse;
import dev.rollcall.v1.KeyOperation;
import dev.rollcall.v1.KeyOperationResult;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.KeysGrpc;
import dev.rollcall.v1.PutKeyRequest;
import dev.rollcall.v1.PutKeyResponse;
import dev.rollcall.v1.RangeKeysRequest;
import dev.rollcall.v1.RangeKeysResponse;
import dev.rollcall.v1.TransactRequest;
import dev.rollcall.v1.TransactResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The service Keys of a fake node; operations of a transaction have a revision each. */
final class FakeKeys extends KeysGrpc.KeysImplBase {
  private final FakeNode node;

  FakeKeys(FakeNode node) {
    this.node = node;
  }

  private FakeKeySpace keys() {
    node.requireQuorum();
    return node.cluster().keys();
  }

  @Override
  public void getKey(GetKeyRequest request, StreamObserver<GetKeyResponse> observer) {
    FakeRegistration.answer(
        node,
        observer,
        () -> {
          KeyValue found = node.keys().get(request.getKey());
          if (found == null) {
            throw Refusals.of(ErrorReason.KEY_NOT_FOUND, "no such key");
          }
          return GetKeyResponse.newBuilder().setHeader(node.header()).setKey(found).build();
        });
  }

  /** The token is the key that the page before ended with. */
  @Override
  public void rangeKeys(RangeKeysRequest request, StreamObserver<RangeKeysResponse> observer) {
    FakeRegistration.answer(
        node,
        observer,
        () -> {
          List<KeyValue> left =
              node.keys().tailMap(request.getPageToken(), false).values().stream()
                  .filter(it -> it.getKey().startsWith(request.getPrefix()))
                  .toList();
          int size = request.getPageSize() == 0 ? left.size() : request.getPageSize();
          List<KeyValue> page = left.subList(0, Math.min(left.size(), size));
          var answer = RangeKeysResponse.newBuilder().setHeader(node.header());
          page.forEach(it ->
              answer.addKeys(request.getKeysOnly() ? it.toBuilder().clearValue() : it.toBuilder()));
          if (page.size() < left.size()) {
            answer.setNextPageToken(page.get(page.size() - 1).getKey());
          }
          return answer.build();
        });
  }

  @Override
  public void putKey(PutKeyRequest request, StreamObserver<PutKeyResponse> observer) {
    FakeRegistration.answer(
        node,
        observer,
        () -> keys().once(request.getWriteId(), PutKeyResponse.class, () -> put(request)));
  }

  private PutKeyResponse put(PutKeyRequest request) {
    KeyValue before = keys().all().get(request.getKey());
    Long expected = request.hasExpectedRevision() ? request.getExpectedRevision() : null;
    KeyValue put = keys().put(request.getKey(), request.getValue(), request.getLeaseId(), expected);
    PutKeyResponse.Builder answer =
        PutKeyResponse.newBuilder()
            .setHeader(node.header(put.getModRevision()))
            .setKey(put.toBuilder().clearValue());
    if (before != null) {
      answer.setPrevious(before.toBuilder().clearValue());
    }
    return answer.build();
  }

  @Override
  public void deleteKeys(DeleteKeysRequest request, StreamObserver<DeleteKeysResponse> observer) {
    FakeRegistration.answer(
        node,
        observer,
        () ->
            keys()
                .once(
                    request.getWriteId(),
                    DeleteKeysResponse.class,
                    () ->
                        DeleteKeysResponse.newBuilder()
                            .setDeleted(keys().delete(request.getKey(), request.getIsPrefix()))
                            .setHeader(node.header(node.cluster().revision()))
                            .build()));
  }

  @Override
  public void transact(TransactRequest request, StreamObserver<TransactResponse> observer) {
    FakeRegistration.answer(
        node,
        observer,
        () -> keys().once(request.getWriteId(), TransactResponse.class, () -> transact(request)));
  }

  private TransactResponse transact(TransactRequest request) {
    boolean succeeded = request.getComparesList().stream().allMatch(this::holds);
    TransactResponse.Builder answer = TransactResponse.newBuilder().setSucceeded(succeeded);
    for (KeyOperation operation : succeeded ? request.getSuccessList() : request.getFailureList()) {
      answer.addResults(execute(operation));
    }
    return answer.setHeader(node.header(node.cluster().revision())).build();
  }

  private boolean holds(Compare compare) {
    KeyValue entry = keys().all().get(compare.getKey());
    int order = order(compare, entry);
    return switch (compare.getResult()) {
      case COMPARE_RESULT_EQUAL -> order == 0;
      case COMPARE_RESULT_NOT_EQUAL -> order != 0;
      case COMPARE_RESULT_LESS -> order < 0;
      case COMPARE_RESULT_GREATER -> order > 0;
      case COMPARE_RESULT_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  private static int order(Compare compare, @Nullable KeyValue entry) {
    KeyValue known = entry == null ? KeyValue.getDefaultInstance() : entry;
    return switch (compare.getTargetCase()) {
      case MOD_REVISION -> Long.compare(known.getModRevision(), compare.getModRevision());
      case CREATE_REVISION -> Long.compare(known.getCreateRevision(), compare.getCreateRevision());
      case VERSION -> Long.compare(known.getVersion(), compare.getVersion());
      case LEASE_ID -> Long.compare(known.getLeaseId(), compare.getLeaseId());
      case VALUE -> known.getValue().toStringUtf8().compareTo(compare.getValue().toStringUtf8());
      case TARGET_NOT_SET -> throw Refusals.of(ErrorReason.INVALID_REQUEST, "with what?");
    };
  }

  private KeyOperationResult execute(KeyOperation operation) {
    KeyOperationResult.Builder result = KeyOperationResult.newBuilder();
    switch (operation.getOperationCase()) {
      case GET ->
          result.addAllKeys(
              keys().all().values().stream()
                  .filter(it -> it.getKey().equals(operation.getGet().getKey()))
                  .toList());
      case RANGE ->
          result.addAllKeys(
              keys().all().values().stream()
                  .filter(it -> it.getKey().startsWith(operation.getRange().getPrefix()))
                  .toList());
      case PUT -> {
        var put = operation.getPut();
        result.setPut(
            keys().put(put.getKey(), put.getValue(), put.getLeaseId(), null).toBuilder()
                .clearValue());
      }
      case DELETE -> {
        var delete = operation.getDelete();
        result.setDeleted(keys().delete(delete.getKey(), delete.getIsPrefix()));
      }
      case OPERATION_NOT_SET -> throw Refusals.of(ErrorReason.INVALID_REQUEST, "do what?");
    }
    return result.build();
  }
}
