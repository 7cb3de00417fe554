package dev.rollcall.server.gateway.eureka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rollcall.testkit.Seeds;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Bodies of requests: what is read of them, and how they are refused. */
class BodiesTest {
  @Test
  void xmlIsAnotherSpellingOfTheJson() throws MalformedBody {
    assertThat(
            xml(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- a comment --><instance>
                  <hostName>h &lt;1&gt; &#x41;</hostName><port enabled="true">80</port>
                  <dataCenterInfo class="X"><name>MyOwn</name></dataCenterInfo>
                  <metadata><my__key>a</my__key><a_-b><![CDATA[<b>]]></a_-b><plain_key/></metadata>
                  <each>1</each><each>2</each><each>3</each>
                </instance>\
                """))
        .isEqualTo(
            """
            {"hostName":"h <1> A","port":{"@enabled":"true","$":"80"},\
            "dataCenterInfo":{"@class":"X","name":"MyOwn"},\
            "metadata":{"my_key":"a","a$b":"<b>","plain_key":""},"each":["1","2","3"]}\
            """);
  }

  @Test
  void documentTypesAndEntitiesAreRefused() {
    for (String document :
        List.of(
            "<!DOCTYPE instance><instance/>",
            "<!DOCTYPE instance [<!ENTITY e \"x\">]><instance>&e;</instance>",
            "<!DOCTYPE instance [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>"
                + "<instance><hostName>&e;</hostName></instance>",
            "<!DOCTYPE instance SYSTEM \"http://127.0.0.1:1/x.dtd\"><instance/>",
            "<instance><hostName>&e;</hostName></instance>",
            "<!DOCTYPE i [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
                + "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><instance>&c;</instance>")) {
      assertThatThrownBy(() -> xml(document)).as(document).isInstanceOf(MalformedBody.class);
    }
  }

  @Test
  void malformedXmlIsRefusedInOneLine() {
    for (String document :
        List.of(
            "",
            "   ",
            "instance",
            "{\"instance\":{}}",
            "<instance>",
            "<instance></application>",
            "<instance><a></instance>",
            "<instance/><instance/>",
            "<application/>",
            "<instance a=1/>",
            "<instance>\u0000</instance>")) {
      assertThatThrownBy(() -> xml(document))
          .as(document)
          .isInstanceOf(MalformedBody.class)
          .message()
          .satisfies(message -> assertThat(message.lines()).hasSize(1));
    }
  }

  @Test
  void elementsAreNestedSixteenDeepAndNoDeeper() throws MalformedBody {
    assertThat(xml(nested(XmlReader.DEPTH_MAX))).startsWith("{");
    assertThatThrownBy(() -> xml(nested(XmlReader.DEPTH_MAX + 1)))
        .isInstanceOf(MalformedBody.class)
        .hasMessageContaining("16");
    assertThatThrownBy(() -> xml(nested(100_000))).isInstanceOf(MalformedBody.class);
  }

  @Test
  void jsonIsReadStrictly() throws MalformedBody {
    assertThat(json("{\"instance\":{\"port\":{\"$\":80}}}")).isEqualTo("{\"port\":{\"$\":80}}");
    for (String document :
        List.of(
            "",
            "{",
            "null",
            "[]",
            "{\"instance\":[]}",
            "{\"instance\":null}",
            "{\"application\":{}}",
            "{instance:{}}",
            "{'instance':{}}",
            "{\"instance\":{}} x",
            "{\"instance\":{\"a\":NaN}}",
            "{\"instance\":{\"a\":\"\u0001\"}}",
            "<instance/>",
            "{\"instance\":" + "[".repeat(100_000))) {
      assertThatThrownBy(() -> json(document))
          .isInstanceOf(MalformedBody.class)
          .message()
          .satisfies(message -> assertThat(message.lines()).hasSize(1));
    }
  }

  @Test
  void anyTextIsTheNameOfAnElement() {
    for (String text : List.of("a", "_", "$", "a b", "1", "a:b", "ü", "__", "_-", "_.0041", "-")) {
      String name = XmlNames.encode(text);
      assertThat(name).matches("[A-Za-z_][A-Za-z0-9._-]*");
      assertThat(XmlNames.decode(name)).isEqualTo(text);
    }
    assertThat(XmlNames.encode("my_key")).isEqualTo("my__key");
    assertThat(XmlNames.encode("a$b")).isEqualTo("a_-b");
    assertThat(XmlNames.encode("with space")).isEqualTo("with_.0020space");
    assertThat(XmlNames.decode("my_key")).as("written by hand").isEqualTo("my_key");
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Seeds.each(
        500,
        random -> {
          var metadata = new JsonObject();
          for (int i = random.nextInt(5); i >= 0; i--) {
            metadata.addProperty(text(random, 1), text(random, 0));
          }
          var wire = new JsonObject();
          wire.add("metadata", metadata);
          var written = new StringBuilder();
          XmlWriter.write(written, Wire.INSTANCE, wire);
          assertThat(xml(written.toString())).as(written.toString()).isEqualTo(wire.toString());
        });
  }

  @Test
  void noiseIsRefusedOrReadButNeverWorse() {
    byte[] good =
        ("<?xml version=\"1.0\"?><instance><metadata class=\"x\"><a>b&amp;</a></metadata>"
                + "<port enabled=\"true\">1</port></instance>")
            .getBytes(UTF_8);
    Seeds.each(
        2_000,
        random -> {
          byte[] noise = good.clone();
          for (int i = random.nextInt(4); i >= 0; i--) {
            noise[random.nextInt(noise.length)] = (byte) random.nextInt(256);
          }
          try {
            XmlReader.read(noise, Wire.INSTANCE);
          } catch (MalformedBody e) {
            assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1);
          }
        });
  }

  private static String text(RandomGenerator random, int lengthMin) {
    String[] letters = {
      "a", "Z", "_", "$", " ", "<", "&", "\"", "'", "9", "-", ".", "é", "€", "\n", "@"
    };
    var text = new StringBuilder();
    for (int i = lengthMin + random.nextInt(4); i > 0; i--) {
      text.append(Seeds.oneOf(random, letters));
    }
    return text.toString();
  }

  private static String nested(int depth) {
    return "<instance>" + "<a>".repeat(depth - 1) + "</a>".repeat(depth - 1) + "</instance>";
  }

  private static String xml(String document) throws MalformedBody {
    return XmlReader.read(document.getBytes(UTF_8), Wire.INSTANCE).toString();
  }

  private static String json(String document) throws MalformedBody {
    return JsonParser.parseString(JsonBody.read(document.getBytes(UTF_8), Wire.INSTANCE).toString())
        .toString();
  }
}
