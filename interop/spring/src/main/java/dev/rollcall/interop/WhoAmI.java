package dev.rollcall.interop;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells callers which instance they have reached. */
@RestController
public final class WhoAmI {
  private final String id;

  WhoAmI(@Value("${eureka.instance.instance-id}") String id) {
    this.id = id;
  }

  /** The instance id. */
  @GetMapping("/whoami")
  public String whoAmI() {
    return id;
  }
}
