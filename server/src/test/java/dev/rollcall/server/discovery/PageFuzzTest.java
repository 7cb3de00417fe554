package dev.rollcall.server.discovery;

import static dev.rollcall.testkit.FuzzTarget.requireEqual;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.testkit.FuzzTarget;
import dev.rollcall.testkit.FuzzTargets;
import java.util.List;

/** Tokens of pages: one that was given, or refused. */
public final class PageFuzzTest implements FuzzTargets {
  @Override
  public List<FuzzTarget> targets() {
    return List.of(new FuzzTarget("PAGE_TOKEN", PageFuzzTest::token, tokens()));
  }

  /** {@link PageToken}. */
  private static void token(byte[] input) {
    PageToken token;
    try {
      token = PageToken.parse(new String(input, ISO_8859_1), "lookup");
    } catch (InvalidRequest e) {
      return;
    }
    requireEqual(token, PageToken.parse(token.text("lookup"), "lookup"));
  }

  private static List<byte[]> tokens() {
    return List.of(new PageToken(1, 2, 3, 4, "i-5").text("lookup").getBytes(ISO_8859_1));
  }
}
