package dev.rollcall.server.gateway.eureka;

import static dev.rollcall.testkit.FuzzTarget.requireEqual;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import dev.rollcall.server.gateway.eureka.InstanceReader.Registration;
import dev.rollcall.server.gateway.eureka.InstanceWriter.Action;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.testkit.FuzzTarget;
import dev.rollcall.testkit.FuzzTargets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Bodies of registrations: one is refused in one line, or becomes an instance that can be shown in
 * every form, in lists as the strictest of Eureka's clients reads it, and that shows the same when
 * it is registered as it is shown.
 */
public final class EurekaFuzzTest implements FuzzTargets {
  private static final long NOW_MILLIS = 1_800_000_000_000L;
  private static final String APP = "ORDERS";

  private static final InstanceWriter WRITER = new InstanceWriter(lease -> OptionalLong.of(90_000));
  private static final WireEncoder ENCODER = new WireEncoder(WRITER);

  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget("EUREKA_JSON", EurekaFuzzTest::json, List.of(JSON.getBytes(UTF_8))),
        new FuzzTarget("EUREKA_XML", EurekaFuzzTest::xml, List.of(XML.getBytes(UTF_8))));
  }

  /** {@link JsonBody}, {@link InstanceReader}. */
  private static void json(byte[] input) {
    check(() -> JsonBody.read(input, Wire.INSTANCE));
  }

  /** {@link XmlReader}, {@link InstanceReader}. */
  private static void xml(byte[] input) {
    check(() -> XmlReader.read(input, Wire.INSTANCE));
  }

  @FunctionalInterface
  private interface Body {
    JsonObject read() throws MalformedBody;
  }

  private static void check(Body body) {
    Registration read;
    try {
      read = InstanceReader.read(body.read(), APP, NOW_MILLIS);
    } catch (MalformedBody | InvalidRequest e) {
      requireOneLine(String.valueOf(e.getMessage()));
      return;
    }
    try {
      requireShown(read);
    } catch (MalformedBody e) {
      throw new AssertionError("what was written cannot be read", e);
    }
  }

  private static void requireShown(Registration read) throws MalformedBody {
    String json = whole(read, WireFormat.JSON);
    for (WireFormat format : WireFormat.values()) {
      byte[] alone = whole(read, format).getBytes(UTF_8);
      var wire =
          format.isJson()
              ? JsonBody.read(alone, Wire.INSTANCE)
              : XmlReader.read(alone, Wire.INSTANCE);
      requireEqual(InstanceReader.text(wire, Wire.APP), Optional.of(APP));
      if (format == WireFormat.JSON) {
        requireEqual(whole(InstanceReader.read(wire, APP, NOW_MILLIS), WireFormat.JSON), json);
      }
    }
    ListedFields.require(WRITER.write(registered(read), Action.ADDED));
  }

  private static String whole(Registration read, WireFormat format) {
    byte[] instance = ENCODER.whole(registered(read), format);
    return new String(WireEncoder.alone(instance, format), UTF_8);
  }

  private static RegisteredInstance registered(Registration read) {
    return new RegisteredInstance(read.instance(), 1, 1, 1);
  }

  private static void requireOneLine(String message) {
    if (message.isEmpty() || message.contains("\n")) {
      throw new AssertionError("not one line: " + message);
    }
  }

  private static final String JSON =
      """
      {"instance":{"instanceId":"o-1","hostName":"h1","app":"ORDERS","ipAddr":"10.0.0.1",
      "status":"UP","port":{"$":8080,"@enabled":"true"},"securePort":{"$":8443,"@enabled":"false"},
      "countryId":1,"dataCenterInfo":{"@class":"x","name":"Amazon","metadata":{"availability-zone":
      "z2"}},"leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90},"metadata":{"a$b":"x",
      "my_key":"a<b&c","weight":"7"},"homePageUrl":"http://h1/","vipAddress":"orders,o2",
      "lastDirtyTimestamp":"1700000000123","actionType":"ADDED","new":{"a":[1,2,{"b":null}]}}}
      """;

  private static final String XML =
      """
      <?xml version="1.0"?><instance><instanceId>o-1</instanceId><hostName>h1</hostName>\
      <app>ORDERS</app><ipAddr>10.0.0.1</ipAddr><status>UP</status>\
      <overriddenstatus>UNKNOWN</overriddenstatus><port enabled="true">8080</port>\
      <securePort enabled="false">8443</securePort><dataCenterInfo class="x"><name>MyOwn</name>\
      </dataCenterInfo><leaseInfo><durationInSecs>90</durationInSecs></leaseInfo>\
      <metadata><a_-b>x</a_-b><my__key>a&lt;b&amp;c&#233;</my__key><_.0031>z</_.0031></metadata>\
      <vipAddress>orders</vipAddress><lastDirtyTimestamp>1700000000123</lastDirtyTimestamp>\
      <list><e a="1">x</e><e/><e><![CDATA[<&>]]></e></list></instance>
      """;
}
