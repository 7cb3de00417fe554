package dev.rollcall.store.filter;

import static dev.rollcall.store.Instances.registered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.ServiceSummary;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
  private static final Instance ORDERS =
      new Instance(
          new InstanceKey(new ServiceKey("", "orders"), "orders-7"),
          1,
          List.of(
              new Endpoint("web", "http", "10.0.0.7", 8080, false),
              new Endpoint("admin.v2", "grpc", "10.0.0.7", 9090, true)),
          new Locality("eu-west", "z1", ""),
          120,
          "2.3.0-rc.1",
          List.of("canary", "v2"),
          new TreeMap<>(
              Map.of("env", "prod", "cores", "16", "app.kubernetes.io/name", "shop", "q", "a\"b")),
          Status.UP);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id == orders-7",
        "status == UP",
        "status != DOWN",
        "weight == 120",
        "weight >= 120 and weight <= 120",
        "weight > 9.5 and weight < 1000",
        "region == \"eu-west\" and zone != z3 and sub_zone is empty",
        "`z1` in zone",
        "canary in tags",
        "\"v2\" in tags",
        "v3 not in tags",
        "tags contains canary",
        "tags not contains v3",
        "tags is not empty",
        "env in meta",
        "absent not in meta",
        "meta.env == prod",
        "meta.cores > 9",
        "meta.app.kubernetes.io/name == shop",
        "meta[\"app.kubernetes.io/name\"] == shop",
        "meta.q == \"a\\\"b\"",
        "meta.q == `a\"b`",
        "meta.absent is empty and meta.absent != prod",
        "meta.env contains ro",
        "meta.env matches \"^p.*d$\"",
        "meta.env matches ro",
        "meta.env not matches \"^r\"",
        "endpoints contains web",
        "endpoints.web.port == 8080",
        "endpoints.web.port < 9000",
        "endpoints.web.tls == false",
        "endpoints.admin.v2.protocol == grpc",
        "endpoints.none.host is empty",
        "semver(version) >= 2.2",
        "semver(version) < 2.3",
        "semver(version) == v2.3.0-rc.1",
        "semver(version) != 2.3.0",
        "not zone == z2",
        "not (zone == z2 or zone == z3)",
        "zone == z2 or zone == z1 and env in meta",
        "(zone == z2 or zone == z1) and env in meta",
        "  ",
        "",
      })
  void holds(String filter) {
    assertThat(Filter.parse(filter).matches(registered(ORDERS))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id == orders-8",
        "weight > 120",
        "zone == Z1",
        "not zone == z1",
        "canary not in tags",
        "v in tags",
        "meta.absent == prod",
        "meta.env > 1",
        "meta.absent < 1",
        "semver(meta.env) >= 0.0.1",
        "semver(meta.absent) != 1.0.0",
        "semver(version) >= 2.3.0",
        "zone == z1 and zone == z2",
        "zone == z1 and (zone == z2 or zone == z3)",
        "endpoints.none.port == 8080",
        "tags is empty",
      })
  void doesNotHold(String filter) {
    assertThat(Filter.parse(filter).matches(registered(ORDERS))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "zone = z1                  | 6  | '=' should be '=='",
        "zone == ! z1               | 9  | '!' should be '!='",
        "zone ==                    | 8  | a value is expected, not the end",
        "zone z1                    | 6  | '==', '!=', 'contains', 'matches', 'is', 'in' or a",
        "zone == z1 zone            | 12 | 'and', 'or' or the end is expected, not 'zone'",
        "zone == z1 and             | 15 | a name, a value, 'not' or '(' is expected, not the end",
        "(zone == z1                | 12 | ')' is expected, not the end",
        "zone == z1)                | 11 | 'and', 'or' or the end is expected, not ')'",
        "colour == red              | 1  | nothing is called 'colour'; there are id, version",
        "endpoints.web.path == x    | 1  | nothing is called 'endpoints.web.path'",
        "endpoints..port == 1       | 1  | nothing is called 'endpoints..port'",
        "tags == v2                 | 1  | 'tags' is a list: ask with 'in', 'contains' or",
        "semver(tags) > 1           | 8  | 'tags' is a list",
        "semver(version) > x        | 19 | no version: 'x'",
        "semver version > 1         | 1  | nothing is called 'semver'",
        "weight > heavy             | 10 | no number: 'heavy'",
        "weight > 1e9               | 10 | no number: '1e9'",
        "\"v2\" == tags             | 6  | 'in' or 'not in' is expected, not '=='",
        "v2 in \"tags\"             | 7  | a name is expected, not \"tags\"",
        "zone not z1                | 10 | 'in', 'contains' or 'matches' is expected, not 'z1'",
        "zone is z1                 | 9  | 'empty' is expected, not 'z1'",
        "meta[env] == prod          | 6  | a key in quotes is expected, not 'env'",
        "zone == \"z1               | 9  | a quote that is not closed",
        "zone == z1; true           | 11 | ';' has no meaning here",
        "zone matches \"(\"         | 14 | no regular expression of RE2's syntax: missing closing"
            + " )",
        "zone matches \"(a)\\\\1\"  | 14 | no regular expression of RE2's syntax: invalid escape",
      })
  void isRefusedWithThePlace(String filter, int position, String what) {
    assertThatThrownBy(() -> Filter.parse(filter))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            refused -> assertThat(refused.rule()).isEqualTo(Rule.INVALID_FILTER))
        .hasMessageStartingWith("filter, character " + position + ": " + what);
  }

  @Test
  void isAsLongAsTheLimitAndNoLonger() {
    String longest = "id == " + "x".repeat(Filter.BYTES_MAX - "id == ".length());
    Filter.parse(longest);
    refused(longest + "x", "a filter has at most 4096 bytes");
    refused("id == \"" + "ä".repeat(2_045) + "\"", "a filter has at most 4096 bytes");
  }

  @Test
  void isAsDeepAsTheLimitAndNoDeeper() {
    for (String[] around : List.of(new String[] {"(", ")"}, new String[] {"not ", ""})) {
      Filter.parse(around[0].repeat(16) + "zone == z1" + around[1].repeat(16));
      refused(around[0].repeat(17) + "zone == z1" + around[1].repeat(17), "nested deeper than 16");
    }
    // One after the other is not deep.
    Filter.parse("(zone == z1)" + " and not (zone == z1)".repeat(150));
  }

  @Test
  void refusesARegularExpressionThatUnrollsWithoutBounds() {
    Filter.parse("zone matches \"((a{10}){10}){10}\"");
    refused("zone matches \"((a{10}){10}){11}\"", "the regular expression's counts multiply");
    refused("zone matches \"(((a?){3,99}){9,99}){,99}{99,}\"", "the regular expression's counts");
  }

  @Test
  void takesNoMoreThanLinearTimeForWhatBacktrackersChokeOn() {
    var filter = Filter.parse("version matches \"^(a+)+$\"");
    var instance =
        new Instance(
            ORDERS.key(),
            1,
            ORDERS.endpoints(),
            Locality.UNKNOWN,
            1,
            "a".repeat(127) + "!",
            List.of(),
            new TreeMap<>(),
            Status.UP);

    assertThat(filter.matches(registered(instance))).isFalse(); // a backtracker would not come back
  }

  @Test
  void aTextIsNoVersionWhenItIsLongerThanAVersionMayBe() {
    var filter = Filter.parse("semver(meta.build) >= 1");
    assertThat(filter.matches(registered(withBuild("1.0.1-" + "a.".repeat(60) + "z")))).isTrue();
    for (String part : List.of("a.", "0.", "0", "0a")) {
      assertThat(
              filter.matches(
                  registered(withBuild("1.0.1-" + part.repeat(8_000 / part.length()) + "z"))))
          .isFalse();
    }
    refused("semver(version) == 1.0.0-" + "a.".repeat(2_000) + "z", "no version");
  }

  private static Instance withBuild(String build) {
    return new Instance(
        ORDERS.key(),
        1,
        ORDERS.endpoints(),
        Locality.UNKNOWN,
        1,
        "",
        List.of(),
        new TreeMap<>(Map.of("build", build)),
        Status.UP);
  }

  private static void refused(String filter, String what) {
    assertThatThrownBy(() -> Filter.parse(filter))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining(what);
  }

  @ParameterizedTest
  @CsvSource({
    "zone == z2 and status == UP, zone == z2",
    "status == UP and zone == z2, zone == z2",
    "status == UP and (zone == z2 or v9 in tags), 'zone == z2 or v9 in tags'",
    "not zone == z1, not zone == z1",
    "status == UP and not (zone == z1 and weight > 1), not (zone == z1 and weight > 1)",
    "  semver( version )  >=  2.3 , semver( version )  >=  2.3",
    "(status == UP and (zone == z2)) and weight == 7, zone == z2"
  })
  void saysWhichPartDoesNotHold(String filter, String unmet) {
    Filter parsed = Filter.parse(filter);

    assertThat(parsed.matches(registered(ORDERS))).isFalse();
    assertThat(parsed.unmet(registered(ORDERS))).isEqualTo(unmet);
  }

  @ParameterizedTest
  @CsvSource({
    "name == Orders, true",
    "name matches `^Ord`, true",
    "name == orders, false",
    "instances >= 3 and instances < 4, true",
    "labels.team == pay, true",
    "'labels[\"a b\"] == c', true",
    "team in labels, true",
    "labels.absent is empty, true",
    "tier in labels, false"
  })
  void asksServicesInTheSameLanguage(String filter, boolean isWanted) {
    var labels = new TreeMap<>(Map.of("team", "pay", "a b", "c"));
    var service = new ServiceSummary(new ServiceKey("", "Orders"), 3, 9, labels);

    assertThat(ServiceFilter.parse(filter).matches(service)).isEqualTo(isWanted);
    assertThat(ServiceFilter.parse(" ").matches(service)).isTrue();
    assertThatThrownBy(() -> ServiceFilter.parse("zone == z1"))
        .hasMessage(
            "filter, character 1: nothing is called 'zone'; there are name, instances, labels,"
                + " labels.KEY");
  }

  @Test
  void saysWhatIsWrongInOneLineWhateverTheFilterHolds() {
    assertThatThrownBy(() -> Filter.parse("not`a`\"in\nin\u0000\""))
        .isInstanceOf(InvalidRequest.class)
        .satisfies(e ->
            assertThat(String.valueOf(e.getMessage()).chars()).noneMatch(Character::isISOControl));
  }
}
