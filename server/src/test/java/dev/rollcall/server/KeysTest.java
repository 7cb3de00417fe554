package dev.rollcall.server;

import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.Any;
import dev.rollcall.v1.Compare;
import dev.rollcall.v1.CompareResult;
import dev.rollcall.v1.Consistency;
import dev.rollcall.v1.DeleteKeysRequest;
import dev.rollcall.v1.GetKeyRequest;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.KeyDelete;
import dev.rollcall.v1.KeyGet;
import dev.rollcall.v1.KeyOperation;
import dev.rollcall.v1.KeyPut;
import dev.rollcall.v1.KeyRange;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.KeysGrpc;
import dev.rollcall.v1.PutKeyRequest;
import dev.rollcall.v1.PutKeyResponse;
import dev.rollcall.v1.RangeKeysRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RevokeLeaseRequest;
import dev.rollcall.v1.TransactRequest;
import dev.rollcall.v1.WriteId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys and values over real gRPC. Each test has keys of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeysTest {
  private RegistryServer server;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    client = new TestClient(server.clientAddress());
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aKeyIsPutReadChangedAndDeleted() {
    PutKeyResponse first = keys().putKey(put("life/a", "one").build());
    assertThat(first.hasPrevious()).isFalse();
    assertThat(first.getKey().getValue()).isEqualTo(ByteString.EMPTY);
    long made = first.getHeader().getRevision();

    PutKeyResponse second = keys().putKey(put("life/a", "two").build());
    assertThat(second.getPrevious().getModRevision()).isEqualTo(made);
    KeyValue read = get("life/a");
    assertThat(read)
        .isEqualTo(
            KeyValue.newBuilder()
                .setKey("life/a")
                .setValue(ByteString.copyFromUtf8("two"))
                .setCreateRevision(made)
                .setModRevision(made + 1)
                .setVersion(2)
                .build());

    var delete = DeleteKeysRequest.newBuilder().setKey("life/a").build();
    assertThat(keys().deleteKeys(delete).getDeleted()).isEqualTo(1);
    var again = keys().deleteKeys(delete);
    assertThat(again.getDeleted()).isZero();
    assertThat(again.getHeader().getRevision()).isEqualTo(made + 2);
    assertThat(refusal(() -> get("life/a"))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
    assertThat(keys().putKey(put("life/a", "three").build()).getKey().getCreateRevision())
        .isEqualTo(made + 3);
  }

  @Test
  void puttingWhatIsThereChangesNothing() {
    long made = keys().putKey(put("same", "one").build()).getHeader().getRevision();
    var again = keys().putKey(put("same", "one").build());
    assertThat(again.getHeader().getRevision()).isEqualTo(made);
    assertThat(again.getKey().getVersion()).isEqualTo(1);
  }

  @Test
  void whoExpectsAnotherRevisionIsRefused() {
    long made =
        keys()
            .putKey(put("expect", "one").setExpectedRevision(0).build())
            .getHeader()
            .getRevision();
    assertThat(refusal(() -> keys().putKey(put("expect", "x").setExpectedRevision(0).build())))
        .isEqualTo("FAILED_PRECONDITION REVISION_MISMATCH");
    var delete = DeleteKeysRequest.newBuilder().setKey("expect");
    assertThat(refusal(() -> keys().deleteKeys(delete.setExpectedRevision(made + 1).build())))
        .isEqualTo("FAILED_PRECONDITION REVISION_MISMATCH");
    assertThat(keys().deleteKeys(delete.setExpectedRevision(made).build()).getDeleted())
        .isEqualTo(1);
  }

  @Test
  void keysAreReadByPageInTheOrderOfTheirBytes() {
    // In UTF-16 the last two would change places.
    var names = List.of("page/a", "page/a/b", "page/b", "page/\uff5e", "page/\ud83d\ude00");
    names.forEach(name -> keys().putKey(put(name, "v").build()));
    keys().putKey(put("pagf", "outside").build());

    var request = RangeKeysRequest.newBuilder().setPrefix("page/").setPageSize(2);
    var found = new ArrayList<String>();
    int pages = 0;
    do {
      var page = keys().rangeKeys(request.build());
      page.getKeysList().forEach(key -> found.add(key.getKey()));
      request.setPageToken(page.getNextPageToken());
      pages++;
    } while (!request.getPageToken().isEmpty());
    assertThat(found).isEqualTo(names);
    assertThat(pages).isEqualTo(3);
  }

  @Test
  void aPageHoldsNoMoreThanAMebibyteUnlessValuesAreLeftOut() {
    var large = ByteString.copyFrom(new byte[400_000]);
    for (int i = 0; i < 5; i++) {
      keys().putKey(put("large/" + i, "").setValue(large).build());
    }
    var request = RangeKeysRequest.newBuilder().setPrefix("large/");
    var first = keys().rangeKeys(request.build());
    assertThat(first.getKeysCount()).isEqualTo(2);
    assertThat(first.getNextPageToken()).isNotEmpty();
    var names = keys().rangeKeys(request.setKeysOnly(true).build());
    assertThat(names.getKeysCount()).isEqualTo(5);
    assertThat(names.getKeysList()).allMatch(key -> key.getValue().isEmpty());
    assertThat(names.getNextPageToken()).isEmpty();
  }

  @Test
  void keysOfOneNamespaceAreNotSeenInAnother() {
    keys().putKey(put("apart", "one").setNamespace("Left").build());
    assertThat(refusal(() -> get("apart"))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
    var request = GetKeyRequest.newBuilder().setNamespace("LEFT").setKey("apart").build();
    assertThat(keys().getKey(request).getKey().getValue().toStringUtf8()).isEqualTo("one");
    assertThat(keys().rangeKeys(RangeKeysRequest.newBuilder().setNamespace("right").build()))
        .matches(page -> page.getKeysCount() == 0);
  }

  @Test
  void allThatBeginsWithAPrefixIsDeletedAtOnce() {
    for (String key : List.of("tree/1", "tree/2", "tree/3", "tref")) {
      keys().putKey(put(key, "v").build());
    }
    var delete = DeleteKeysRequest.newBuilder().setKey("tree/").setIsPrefix(true).build();
    assertThat(keys().deleteKeys(delete).getDeleted()).isEqualTo(3);
    assertThat(get("tref").getKey()).isEqualTo("tref");
  }

  @Test
  void aWriteOfASessionHappensOnce() {
    long session = client.openSession();
    var id = WriteId.newBuilder().setSessionId(session).setSequence(1);
    var request = put("once", "one").setWriteId(id).build();
    var first = keys().putKey(request);
    keys().putKey(put("once", "two").build());
    assertThat(keys().putKey(request)).isEqualTo(first);
    assertThat(get("once").getValue().toStringUtf8()).isEqualTo("two");
    assertThat(
            refusal(() ->
                keys().putKey(put("once", "x").setWriteId(id.setSessionId(1L << 40)).build())))
        .isEqualTo("FAILED_PRECONDITION SESSION_EXPIRED");
  }

  @Test
  void aTransactionDoesOneThingOrTheOther() {
    keys().putKey(put("txn/there", "old").build());
    var request =
        TransactRequest.newBuilder()
            .addCompares(compare("txn/lock").setCreateRevision(0))
            .addCompares(compare("txn/there").setValue(ByteString.copyFromUtf8("old")))
            .addSuccess(putting("txn/lock", "mine"))
            .addSuccess(
                KeyOperation.newBuilder().setDelete(KeyDelete.newBuilder().setKey("txn/there")))
            .addSuccess(KeyOperation.newBuilder().setRange(KeyRange.newBuilder().setPrefix("txn/")))
            .addFailure(KeyOperation.newBuilder().setGet(KeyGet.newBuilder().setKey("txn/lock")))
            .build();

    var won = keys().transact(request);
    assertThat(won.getSucceeded()).isTrue();
    assertThat(won.getResults(0).getPut().getCreateRevision())
        .isEqualTo(won.getHeader().getRevision());
    assertThat(won.getResults(1).getDeleted()).isEqualTo(1);
    assertThat(won.getResults(2).getKeysList())
        .extracting(KeyValue::getKey)
        .containsExactly("txn/lock");

    var lost = keys().transact(request);
    assertThat(lost.getSucceeded()).isFalse();
    assertThat(lost.getHeader().getRevision()).isEqualTo(won.getHeader().getRevision());
    assertThat(lost.getResults(0).getKeys(0).getValue().toStringUtf8()).isEqualTo("mine");
  }

  @Test
  void aTransactionThatIsRefusedLeavesNothingBehind() {
    var request =
        TransactRequest.newBuilder()
            .addSuccess(putting("half/a", "v"))
            .addSuccess(
                KeyOperation.newBuilder()
                    .setPut(KeyPut.newBuilder().setKey("half/b").setLeaseId(1L << 40)))
            .build();
    assertThat(refusal(() -> keys().transact(request))).isEqualTo("NOT_FOUND LEASE_NOT_FOUND");
    assertThat(refusal(() -> get("half/a"))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
  }

  @Test
  void aKeyGoesWithItsLease() {
    long lease = grant("default");
    keys().putKey(put("leased", "v").setLeaseId(lease).build());
    assertThat(get("leased").getLeaseId()).isEqualTo(lease);
    var unused =
        client
            .registration()
            .revokeLease(RevokeLeaseRequest.newBuilder().setLeaseId(lease).build());
    assertThat(refusal(() -> get("leased"))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
  }

  @Test
  void aKeyGoesWhenItsLeaseExpiresBesideAnInstance() {
    long lease =
        client
            .registration()
            .grantLease(GrantLeaseRequest.newBuilder().setTtlMillis(1_000).build())
            .getLeaseId();
    client
        .registration()
        .register(
            RegisterRequest.newBuilder()
                .addInstances(TestClient.instance("locksmith", "i-1"))
                .setLeaseId(lease)
                .build());
    keys().putKey(put("silent", "v").setLeaseId(lease).build());
    List<String> instances;
    do {
      instances = client.ids("locksmith");
    } while (!instances.isEmpty());
    assertThat(refusal(() -> get("silent"))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
  }

  @Test
  void aPutWithAnotherLeaseMovesTheKey() {
    long first = grant("default");
    long second = grant("default");
    keys().putKey(put("moved", "v").setLeaseId(first).build());
    keys().putKey(put("moved", "v").setLeaseId(second).build());
    var unused =
        client
            .registration()
            .revokeLease(RevokeLeaseRequest.newBuilder().setLeaseId(first).build());
    assertThat(get("moved").getLeaseId()).isEqualTo(second);
  }

  @Test
  void tooManyKeysAtATimeAreRefusedAndNoneGoes() {
    var page = ByteString.copyFrom(new byte[500_000]);
    for (int i = 0; i < 3; i++) {
      keys().putKey(put("many/" + i, "").setValue(page).build());
    }
    var read =
        TransactRequest.newBuilder()
            .addSuccess(
                KeyOperation.newBuilder().setRange(KeyRange.newBuilder().setPrefix("many/")))
            .addSuccess(putting("many/x", "v"))
            .build();
    assertThat(refusal(() -> keys().transact(read))).isEqualTo("FAILED_PRECONDITION TOO_MANY_KEYS");
    assertThat(refusal(() -> get("many/x"))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
  }

  Stream<Arguments> badRequests() {
    var twice = TransactRequest.newBuilder();
    twice.addSuccess(putting("bad", "1")).addSuccess(putting("bad", "2"));
    var many = TransactRequest.newBuilder();
    for (int i = 0; i < 129; i++) {
      many.addCompares(compare("bad").setVersion(1));
    }
    var noTarget = TransactRequest.newBuilder().addCompares(compare("bad"));
    var noResult =
        TransactRequest.newBuilder().addCompares(Compare.newBuilder().setKey("bad").setVersion(1));
    var nothing = TransactRequest.newBuilder().addFailure(KeyOperation.getDefaultInstance());
    var limit =
        TransactRequest.newBuilder()
            .addSuccess(KeyOperation.newBuilder().setRange(KeyRange.newBuilder().setLimit(1_001)));
    return Stream.concat(
        badKeys(),
        Stream.of(
            bad("INVALID_REQUEST", () -> transact(twice)),
            bad("INVALID_REQUEST", () -> transact(many)),
            bad("INVALID_REQUEST", () -> transact(noTarget)),
            bad("INVALID_REQUEST", () -> transact(noResult)),
            bad("INVALID_REQUEST", () -> transact(nothing)),
            bad("INVALID_REQUEST", () -> transact(limit))));
  }

  private Stream<Arguments> badKeys() {
    return Stream.of(
        bad("INVALID_KEY", () -> keys().putKey(put("", "v").build())),
        bad("INVALID_KEY", () -> keys().putKey(put("x".repeat(1_025), "v").build())),
        bad("INVALID_KEY", () -> keys().putKey(put("\u00e9".repeat(513), "v").build())),
        bad("INVALID_KEY", () -> keys().putKey(put("a\nb", "v").build())),
        bad("INVALID_KEY", () -> keys().putKey(put("a\u0000b", "v").build())),
        bad("INVALID_KEY", () -> keys().putKey(put("a\u0085b", "v").build())),
        bad("INVALID_KEY", () -> get("")),
        bad("INVALID_KEY", () -> keys().deleteKeys(DeleteKeysRequest.getDefaultInstance())),
        bad("INVALID_KEY", () -> range(r -> r.setPrefix("x".repeat(1_025)))),
        bad(
            "INVALID_KEY",
            () -> transact(TransactRequest.newBuilder().addSuccess(putting("", "")))),
        bad("INVALID_NAME", () -> keys().putKey(put("bad", "v").setNamespace("a b").build())),
        bad("INVALID_NAME", () -> range(r -> r.setNamespace("a/b"))),
        bad(
            "VALUE_TOO_LARGE",
            () ->
                keys()
                    .putKey(
                        put("bad", "")
                            .setValue(ByteString.copyFrom(new byte[(512 << 10) + 1]))
                            .build())),
        bad("INVALID_REQUEST", () -> keys().putKey(put("bad", "v").setLeaseId(-1).build())),
        bad(
            "INVALID_REQUEST",
            () -> keys().putKey(put("bad", "v").setExpectedRevision(-1).build())),
        bad(
            "INVALID_REQUEST",
            () -> keys().putKey(put("bad", "v").setLeaseId(grant("elsewhere")).build())),
        bad(
            "INVALID_REQUEST",
            () ->
                keys()
                    .putKey(
                        put("bad", "v").setWriteId(WriteId.newBuilder().setSequence(1)).build())),
        bad(
            "INVALID_REQUEST",
            () ->
                keys()
                    .deleteKeys(
                        DeleteKeysRequest.newBuilder()
                            .setKey("bad")
                            .setIsPrefix(true)
                            .setExpectedRevision(1)
                            .build())),
        bad("INVALID_REQUEST", () -> range(r -> r.setPageSize(10_001))),
        bad("INVALID_REQUEST", () -> range(r -> r.setPageSize(-1))),
        bad("INVALID_REQUEST", () -> range(r -> r.setPageToken("no such"))),
        bad("INVALID_REQUEST", () -> range(r -> r.setPrefix("b").setPageToken("YQ"))));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("badRequests")
  void badInputIsNamedAndChangesNothing(String reason, ThrowingCallable call) {
    assertThat(refusal(call)).isEqualTo("INVALID_ARGUMENT " + reason);
    assertThat(refusal(() -> get("bad"))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
  }

  @Test
  void aLeaseCarriesNoMoreKeysThanItMay() {
    long lease = grant("default");
    for (int batch = 0; batch < 10; batch++) {
      var request = TransactRequest.newBuilder();
      for (int i = 0; i < 100; i++) {
        request.addSuccess(putting("full/" + batch + "/" + i, "v", lease));
      }
      assertThat(keys().transact(request.build()).getSucceeded()).isTrue();
    }
    assertThat(refusal(() -> keys().putKey(put("full/x", "v").setLeaseId(lease).build())))
        .isEqualTo("RESOURCE_EXHAUSTED LEASE_FULL");
    keys().putKey(put("full/0/0", "other").setLeaseId(lease).build());
    var all = DeleteKeysRequest.newBuilder().setKey("full/").setIsPrefix(true).build();
    keys().putKey(put("full/y", "v").build());
    assertThat(refusal(() -> keys().deleteKeys(all)))
        .isEqualTo("FAILED_PRECONDITION TOO_MANY_KEYS");
    var unused =
        client
            .registration()
            .revokeLease(RevokeLeaseRequest.newBuilder().setLeaseId(lease).build());
    assertThat(keys().deleteKeys(all).getDeleted()).isEqualTo(1);
  }

  @Test
  void readsNameHowFreshTheyMustBe() {
    long revision = keys().putKey(put("fresh", "v").build()).getHeader().getRevision();
    for (var level :
        List.of(
            Consistency.newBuilder().setAny(Any.getDefaultInstance()).build(),
            Consistency.newBuilder().setMinRevision(revision).build(),
            Consistency.getDefaultInstance())) {
      var request = GetKeyRequest.newBuilder().setKey("fresh").setConsistency(level).build();
      var answer = keys().getKey(request);
      assertThat(answer.getKey().getModRevision()).isEqualTo(revision);
      assertThat(answer.getHeader().getRevision()).isGreaterThanOrEqualTo(revision);
    }
    var ahead = Consistency.newBuilder().setMinRevision(1L << 40);
    var request = GetKeyRequest.newBuilder().setKey("fresh").setConsistency(ahead).build();
    assertThat(
            refusal(() ->
                KeysGrpc.newBlockingStub(client.channel())
                    .withDeadlineAfter(2, TimeUnit.SECONDS)
                    .getKey(request)))
        .isEqualTo("DEADLINE_EXCEEDED TOO_FAR_BEHIND");
  }

  private static Arguments bad(String reason, ThrowingCallable call) {
    return Arguments.of(reason, call);
  }

  private void range(java.util.function.UnaryOperator<RangeKeysRequest.Builder> change) {
    var unused = keys().rangeKeys(change.apply(RangeKeysRequest.newBuilder()).build());
  }

  private void transact(TransactRequest.Builder request) {
    var unused = keys().transact(request.build());
  }

  private long grant(String namespace) {
    return client
        .registration()
        .grantLease(
            GrantLeaseRequest.newBuilder().setNamespace(namespace).setTtlMillis(3_600_000).build())
        .getLeaseId();
  }

  private KeyValue get(String key) {
    return keys().getKey(GetKeyRequest.newBuilder().setKey(key).build()).getKey();
  }

  private static PutKeyRequest.Builder put(String key, String value) {
    return PutKeyRequest.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value));
  }

  private static Compare.Builder compare(String key) {
    return Compare.newBuilder().setKey(key).setResult(CompareResult.COMPARE_RESULT_EQUAL);
  }

  private static KeyOperation putting(String key, String value) {
    return putting(key, value, 0);
  }

  private static KeyOperation putting(String key, String value, long leaseId) {
    return KeyOperation.newBuilder()
        .setPut(
            KeyPut.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(value))
                .setLeaseId(leaseId))
        .build();
  }

  private KeysGrpc.KeysBlockingStub keys() {
    return KeysGrpc.newBlockingStub(client.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
  }
}
