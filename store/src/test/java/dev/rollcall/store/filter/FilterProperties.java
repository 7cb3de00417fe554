package dev.rollcall.store.filter;

import static dev.rollcall.store.Instances.registered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import dev.rollcall.testkit.Seeds;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FilterProperties {
  private static final int SEEDS = 2_000;
  private static final int INSTANCES = 20;

  /** Text of a filter, and what it must say. */
  private record Said(String text, Predicate<Instance> holds) {}

  @Test
  void saysWhatItsPartsSay() {
    Seeds.each(
        SEEDS,
        random -> {
          Said said = any(random, 4);
          Filter filter = Filter.parse(said.text);
          for (int i = 0; i < INSTANCES; i++) {
            Instance instance = instance(random);
            assertThat(filter.matches(registered(instance)))
                .as("%s of %s", said.text, instance)
                .isEqualTo(said.holds.test(instance));
          }
        });
  }

  @Test
  void anyTextIsAFilterOrRefusedInOneLine() {
    var pieces =
        List.of(
            "and",
            "or",
            "not",
            "in",
            "contains",
            "matches",
            "is",
            "empty",
            "semver",
            "(",
            ")",
            "[",
            "]",
            "==",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            "=",
            "!",
            "zone",
            "tags",
            "meta",
            "meta.a",
            "endpoints.web.port",
            "\"v2\"",
            "`x`",
            "\"",
            "`",
            "7",
            "1.2.3",
            "é",
            "\n",
            "\\",
            "{9}",
            "*",
            "\u0000");
    Seeds.each(
        SEEDS,
        random -> {
          var text = new StringBuilder();
          for (int i = random.nextInt(30); i > 0; i--) {
            text.append(pieces.get(random.nextInt(pieces.size())));
            text.append(random.nextInt(4) == 0 ? "" : " ");
          }
          try {
            Filter.parse(text.toString()).matches(registered(instance(random)));
          } catch (InvalidRequest refused) {
            assertThat(refused.rule()).isEqualTo(InvalidRequest.Rule.INVALID_FILTER);
          }
        });
  }

  private static Said any(RandomGenerator random, int depth) {
    Said said = all(random, depth);
    while (random.nextInt(3) == 0) {
      Said left = said;
      Said right = all(random, depth);
      said =
          new Said(
              left.text + " or " + right.text,
              instance -> left.holds.test(instance) || right.holds.test(instance));
    }
    return said;
  }

  private static Said all(RandomGenerator random, int depth) {
    Said said = term(random, depth);
    while (random.nextInt(3) == 0) {
      Said left = said;
      Said right = term(random, depth);
      said =
          new Said(
              left.text + " and " + right.text,
              instance -> left.holds.test(instance) && right.holds.test(instance));
    }
    return said;
  }

  private static Said term(RandomGenerator random, int depth) {
    if (depth > 0 && random.nextInt(3) == 0) {
      Said inner = any(random, depth - 1);
      return new Said("(" + inner.text + ")", inner.holds);
    }
    if (depth > 0 && random.nextInt(4) == 0) {
      Said negated = term(random, depth - 1);
      return new Said("not " + negated.text, negated.holds.negate());
    }
    return test(random);
  }

  private static Said test(RandomGenerator random) {
    int number = random.nextInt(4);
    return switch (random.nextInt(6)) {
      case 0 -> new Said("zone == z" + number, it -> it.locality().zone().equals("z" + number));
      case 1 -> new Said("weight <= " + number, it -> it.weight() <= number);
      case 2 -> new Said("\"t" + number + "\" in tags", it -> it.tags().contains("t" + number));
      case 3 -> new Said("tags not contains t" + number, it -> !it.tags().contains("t" + number));
      case 4 ->
          new Said(
              "meta.a != \"" + number + "\"",
              it -> !it.metadata().getOrDefault("a", "").equals("" + number));
      default ->
          new Said(
              "semver(version) > 1." + number,
              it -> Integer.parseInt(it.version().substring(2)) > number);
    };
  }

  private static Instance instance(RandomGenerator random) {
    int number = random.nextInt(4);
    return new Instance(
        new InstanceKey(new ServiceKey("", "orders"), "o-1"),
        1,
        List.of(new Endpoint("web", "http", "10.0.0.1", 80, false)),
        new Locality("", "z" + random.nextInt(4), ""),
        random.nextInt(4),
        "1." + random.nextInt(4),
        random.nextBoolean() ? List.of() : List.of("t" + number, "t" + random.nextInt(4)),
        random.nextBoolean() ? new TreeMap<>() : new TreeMap<>(Map.of("a", "" + number)),
        Status.UP);
  }
}
