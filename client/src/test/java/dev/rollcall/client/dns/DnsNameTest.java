package dev.rollcall.client.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DnsNameTest {
  @Test
  void readsANameWithAndWithoutAServer() {
    assertThat(DnsName.parse("dns:example.com")).isEqualTo(new DnsName("", "example.com"));
    assertThat(DnsName.parse("dns:Example.com.")).isEqualTo(new DnsName("", "Example.com"));
    assertThat(DnsName.parse("dns:_registry._tcp.example.com").name())
        .isEqualTo("_registry._tcp.example.com");
    assertThat(DnsName.parse("dns://10.0.0.53/example.com").server()).isEqualTo("10.0.0.53");
    assertThat(DnsName.parse("dns://ns.local:5353/example.com").server())
        .isEqualTo("ns.local:5353");
    assertThat(DnsName.parse("dns://[::1]:53/example.com").server()).isEqualTo("[::1]:53");
  }

  @Test
  void printsAsItIsWritten() {
    for (String text : new String[] {"dns:example.com", "dns://10.0.0.53:53/example.com"}) {
      assertThat(DnsName.parse(text)).hasToString(text);
    }
  }

  @Test
  void aHostOfThatNameIsStillAHost() {
    assertThat(DnsName.isSpelled("dns:7400")).isFalse();
    assertThat(DnsName.isSpelled("dns:7400,10.0.0.1:7400")).isFalse();
    assertThat(DnsName.isSpelled("10.0.0.1:7400")).isFalse();
    assertThat(DnsName.isSpelled("dns:example.com")).isTrue();
    assertThat(DnsName.isSpelled("dns:740000")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dns:",
        "dns:.",
        "dns:example..com",
        "dns:-example.com",
        "dns:example.com:7400",
        "dns:example.com,10.0.0.1:7400",
        "dns:exa mple.com",
        "dns:b\u00fccher.example",
        "dns://example.com",
        "dns:///example.com",
        "dns://server/",
        "dns://server:x/example.com",
        "dns://a/b/c"
      })
  void anythingElseIsRefusedInOneLine(String text) {
    assertThatThrownBy(() -> DnsName.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aNameLeavesRoomForWhatIsPutBeforeIt() {
    String longest = "a.".repeat(84) + "aa";
    assertThat(longest).hasSize(170);
    assertThat(DnsName.parse("dns:" + longest).name()).isEqualTo(longest);
    assertThatThrownBy(() -> DnsName.parse("dns:a" + longest)).hasMessageContaining("170");
    assertThatThrownBy(() -> DnsName.parse("dns:" + "a".repeat(64) + ".example"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
