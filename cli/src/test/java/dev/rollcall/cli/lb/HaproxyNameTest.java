package dev.rollcall.cli.lb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.testkit.Seeds;
import java.util.HashMap;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HaproxyNameTest {
  @Test
  void aUsualIdIsReadable() {
    assertThat(HaproxyName.of(new ServerKey("10.0.0.7:8080", false, false)))
        .isEqualTo("rc:10.0.0.7:8080");
    assertThat(HaproxyName.of(new ServerKey("orders_1-a", true, true)))
        .isEqualTo("rcbt:orders_1-a");
    assertThat(HaproxyName.of(new ServerKey("a/b_c d", true, false)))
        .isEqualTo("rcb_a_2Fb_5Fc_20d");
  }

  @Test
  void serversOfTheConfigurationAreNotOurs() {
    for (String name :
        new String[] {"web1", "rc", "rc1", "rc:", "rc_", "rc_a_2", "rc_a_zz", "r:x"}) {
      assertThat(HaproxyName.parse(name)).as(name).isEmpty();
    }
    // What we would have called otherwise is not ours either.
    assertThat(HaproxyName.parse("rc_plain")).isEmpty();
    assertThat(HaproxyName.parse("rc_a_2f")).isEmpty();
  }

  @Test
  void everyIdHasANameOfItsOwnThatHaproxyAllows() {
    var names = new HashMap<String, ServerKey>();
    Seeds.each(
        5_000,
        random -> {
          var id = new StringBuilder();
          for (int left = 1 + random.nextInt(12); left > 0; left--) {
            id.append(
                (char)
                    (random.nextInt(4) == 0
                        ? "_:/2F ".charAt(random.nextInt(6))
                        : ' ' + 1 + random.nextInt(94)));
          }
          var key = new ServerKey(id.toString(), random.nextBoolean(), random.nextBoolean());
          String name = HaproxyName.of(key);
          assertThat(name).matches("[A-Za-z0-9._:-]+");
          assertThat(HaproxyName.parse(name)).isEqualTo(Optional.of(key));
          assertThat(names.put(name, key)).isIn(null, key);
          assertThat(HaproxyName.id(key)).isBetween(1 << 30, Integer.MAX_VALUE);
        });
  }
}
