package dev.rollcall.cli.lb;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class HostsTest {
  private final Queue<Runnable> lookups = new ArrayDeque<>();
  private List<InetAddress> answer = List.of();
  private long nanos;
  private int answers;
  private final Hosts hosts = new Hosts(this::lookUp, lookups::add, () -> nanos, () -> answers++);

  @Test
  void literalsAreNotLookedUp() throws UnknownHostException {
    assertThat(hosts.apply("10.0.0.7")).contains(address("10.0.0.7"));
    assertThat(hosts.apply("::1")).contains(address("::1"));
    assertThat(hosts.apply("999.1.1.1.1")).isEmpty();
    assertThat(lookups).isEmpty();
  }

  @Test
  void aNameIsKnownOnceTheAnswerIsThere() throws UnknownHostException {
    answer = List.of(address("10.0.0.8"), address("10.0.0.7"));
    assertThat(hosts.apply("far")).isEmpty();
    assertThat(hosts.apply("far")).isEmpty();
    assertThat(lookups).hasSize(1);
    assertThat(hosts.isLookingUp()).isTrue();
    lookups.remove().run();
    assertThat(answers).isEqualTo(1);
    assertThat(hosts.isLookingUp()).isTrue(); // until somebody has seen it
    assertThat(hosts.apply("far")).contains(address("10.0.0.7"));
    assertThat(hosts.isLookingUp()).isFalse();
  }

  @Test
  void whatWasKnownStaysWhenTheNameIsNotFoundAnyMore() throws UnknownHostException {
    known("10.0.0.7");
    answer = List.of();
    later();
    assertThat(hosts.apply("far")).contains(address("10.0.0.7"));
    assertThat(hosts.isLookingUp()).isFalse();
  }

  @Test
  void anAddressIsKeptAsLongAsItIsAmongThose() throws UnknownHostException {
    known("10.0.0.7");
    answer = List.of(address("10.0.0.1"), address("10.0.0.7"));
    later();
    assertThat(hosts.apply("far")).contains(address("10.0.0.7"));
    answer = List.of(address("10.0.0.1"));
    later();
    assertThat(hosts.apply("far")).contains(address("10.0.0.1"));
  }

  @Test
  void whatNobodyAsksForIsForgotten() throws UnknownHostException {
    known("10.0.0.7");
    hosts.forgetOthers();
    hosts.forgetOthers();
    assertThat(hosts.apply("far")).isEmpty();
  }

  private void known(String address) throws UnknownHostException {
    answer = List.of(address(address));
    assertThat(hosts.apply("far")).isEmpty();
    lookups.remove().run();
    assertThat(hosts.apply("far")).contains(address(address));
    assertThat(lookups).isEmpty();
  }

  private void later() {
    nanos += Hosts.FRESH.toNanos() + 1;
    assertThat(hosts.apply("far")).isNotEmpty();
    lookups.remove().run();
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    if (answer.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return answer.toArray(InetAddress[]::new);
  }

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal);
  }
}
