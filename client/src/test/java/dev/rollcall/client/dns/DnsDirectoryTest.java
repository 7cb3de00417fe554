package dev.rollcall.client.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.transport.NodeDirectory.ListedNode;
import dev.rollcall.testkit.DnsServer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lookups over real sockets, at a name server that knows what the test says. */
class DnsDirectoryTest {
  private static final int PRIORITIES = 1 << 16;

  private final DnsServer dns = DnsServer.start();

  @AfterEach
  void stop() {
    dns.close();
  }

  private DnsDirectory directory(String zone) {
    return directory("example.com", zone);
  }

  private DnsDirectory directory(String name, String zone) {
    return new DnsDirectory(DnsName.parse("dns://" + dns.address() + "/" + name), zone);
  }

  @Test
  void serviceRecordsNameHostsAndPortsByPriority() {
    dns.srv("_rollcall._tcp.example.com", 10, 7400, "n2.example.com")
        .srv("_rollcall._tcp.example.com", 0, 7500, "n1.example.com");

    assertThat(directory("").find())
        .containsExactlyInAnyOrder(
            new ListedNode("n1.example.com:7500", PRIORITIES),
            new ListedNode("n2.example.com:7400", PRIORITIES + 10));
    assertThat(dns.asked()).containsExactly("SRV _rollcall._tcp.example.com");
  }

  @Test
  void nodesOfTheOwnZoneComeFirst() {
    dns.srv("_rollcall._tcp.example.com", 0, 7400, "n1.example.com")
        .srv("_rollcall._tcp.example.com", 0, 7400, "n2.example.com")
        .srv("_rollcall._tcp.z1.example.com", 5, 7400, "n2.example.com");

    assertThat(directory("Z1").find())
        .containsExactlyInAnyOrder(
            new ListedNode("n2.example.com:7400", 5),
            new ListedNode("n1.example.com:7400", PRIORITIES));
    assertThat(directory("z9").find())
        .extracting(ListedNode::tier)
        .containsExactly(PRIORITIES, PRIORITIES);
  }

  @Test
  void aNameWithItsServiceIsTakenAsItIs() {
    dns.srv("_eureka._tcp.example.com", 0, 1, "n1.example.com")
        .srv("_eureka._tcp.z1.example.com", 0, 2, "n2.example.com");

    assertThat(directory("_eureka._tcp.example.com", "z1").find())
        .extracting(ListedNode::address)
        .containsExactly("n2.example.com:2", "n1.example.com:1");
  }

  @Test
  void theTargetOfNobodyIsNobody() {
    dns.srv("_rollcall._tcp.example.com", 0, 7400, ".");

    assertThatThrownBy(directory("")::find).hasMessageContaining("names no nodes");
  }

  @Test
  void textsNameZonesAndZonesNodesAsFleetsOfEurekaHaveIt() {
    dns.txt("txt.example.com", "z1.example.com z2.example.com", "n9.example.com:7409")
        .txt("txt.z1.example.com", "n1.example.com", "10.0.0.2:7402")
        .txt("txt.z2.example.com", "n3.example.com");

    assertThat(directory("z2").find())
        .containsExactlyInAnyOrder(
            new ListedNode("n3.example.com:7400", 0),
            new ListedNode("n1.example.com:7400", 1),
            new ListedNode("10.0.0.2:7402", 1),
            new ListedNode("n9.example.com:7409", 1));
    assertThat(directory("z").find()).extracting(ListedNode::tier).containsOnly(1);
  }

  @Test
  void serviceRecordsWinOverTexts() {
    dns.srv("_rollcall._tcp.example.com", 0, 7400, "n1.example.com")
        .txt("txt.example.com", "n2.example.com:7400");

    assertThat(directory("").find())
        .extracting(ListedNode::address)
        .containsExactly("n1.example.com:7400");
  }

  @Test
  void anAnswerThatIsCutShortIsFetchedWholeOverTcp() {
    for (int i = 1; i <= DnsDirectory.NODES_MAX; i++) {
      dns.srv("_rollcall._tcp.example.com", 0, 7400, "node-" + i + ".example.com");
    }

    assertThat(directory("").find()).hasSize(DnsDirectory.NODES_MAX);
    assertThat(dns.asked()).contains("SRV _rollcall._tcp.example.com tcp");
  }

  @Test
  void moreNodesThanAClusterCanHaveAreAMistake() {
    for (int i = 0; i <= DnsDirectory.NODES_MAX; i++) {
      dns.srv("_rollcall._tcp.example.com", 0, 7400, "node-" + i + ".example.com");
    }

    assertThatThrownBy(directory("")::find)
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("more than 64 nodes");
  }

  @Test
  void moreZonesThanThereAreQuestionsAreAMistake() {
    for (int i = 0; i < DnsDirectory.ZONES_MAX; i++) {
      dns.txt("txt.example.com", "z" + i + ".example.com");
    }
    dns.txt("txt.z3.example.com", "n1.example.com");
    assertThat(directory("").find()).hasSize(1);

    dns.txt("txt.example.com", "z16.example.com");
    assertThatThrownBy(directory("")::find).hasMessageContaining("17 zones, at most 16");
  }

  @Test
  void aNameThatSaysNothingIsOneLineWithWhatWasAsked() {
    assertThatThrownBy(directory("")::find)
        .isInstanceOf(Unavailable.class)
        .hasMessage(
            "dns://%s/example.com names no nodes: no SRV of _rollcall._tcp.example.com, no TXT of"
                    .formatted(dns.address())
                + " txt.example.com");
    dns.txt("_rollcall._tcp.example.com", "a known name without a record of that type");
    assertThatThrownBy(directory("")::find).hasMessageContaining("names no nodes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"n1:port", "n1:70000", ":7400", "\\\"n1\\\":7400:x", "http://n1:7400"})
  void wordsThatAreNoNodeAreNamed(String word) {
    dns.txt("txt.example.com", word);

    assertThatThrownBy(directory("")::find)
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("TXT of txt.example.com")
        .hasMessageContaining("is not host:port")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SERVFAIL", "REFUSED", "NOTIMP", "FORMERR"})
  void aServerThatCannotAnswerIsOneLine(String code) {
    dns.answersOnly(code);

    assertThatThrownBy(directory("")::find)
        .isInstanceOf(Unavailable.class)
        .hasMessageStartingWith("DNS: SRV of _rollcall._tcp.example.com: ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aServerThatIsSilentIsNotWaitedForLong() {
    dns.silent(true);

    long startedNanos = System.nanoTime();
    assertThatThrownBy(directory("z1")::find)
        .isInstanceOf(Unavailable.class)
        .hasMessage("DNS: SRV of _rollcall._tcp.z1.example.com: no answer from a server");
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos)).isLessThan(60);
  }

  @Test
  void aLookupRunsOnAThreadOfItsOwn() throws Exception {
    dns.srv("_rollcall._tcp.example.com", 0, 7400, "n1.example.com");

    List<ListedNode> found = directory("").lookUp().get(60, TimeUnit.SECONDS);

    assertThat(found).hasSize(1);
    dns.clear();
    assertThat(directory("").lookUp())
        .failsWithin(60, TimeUnit.SECONDS)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withCauseInstanceOf(Unavailable.class);
  }

  @Test
  void aZoneThatCannotBePartOfANameIsRefused() {
    assertThatThrownBy(() -> directory("eu west"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'eu west'");
  }
}
