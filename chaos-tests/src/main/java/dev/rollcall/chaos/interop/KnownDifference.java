package dev.rollcall.chaos.interop;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * In what our answers differ from those of Spring's Eureka server, on purpose or because it does
 * not matter; docs/eureka.md has the reason of each. A difference is matched as the line that says
 * it: the request, the field, what theirs is and what ours is.
 */
enum KnownDifference {
  TIMES(
      "times are those of the last registration",
      "Timestamp is \"?now\"?, ours \"?[0-9]{13}\"?$",
      "/leaseInfo/(serviceUp|eviction)Timestamp is now, ours 0$"),
  VERSION("versions__delta is always 1", "/versions__delta is \"?-?[0-9]+\"?, ours \"?1\"?$"),
  EMPTY_FLAG(
      "compact answers have no registeredApplicationsEmpty",
      " compact .*/registeredApplicationsEmpty is (true|false), ours absent$"),
  WORDS("nothing is said with most of 404", "body is words, ours none$"),
  ACTION(
      "actionType says what became of an instance in deltas, and ADDED elsewhere",
      "GET (?!apps/delta).*/actionType is \"?MODIFIED\"?, ours \"?ADDED\"?$",
      "GET apps/delta .*/actionType is \"?ADDED\"?, ours \"?MODIFIED\"?$"),
  GIVEN_BACK(
      "fields that Eureka drops are kept, and shown with the instance alone",
      "GET (apps/\\w+/|instances/)\\S+ .*/instance/sid is absent, ours \"?\\w+\"?$",
      "POST apps/WRONG .*\"neverHeardOf\".*: status is 400, ours 204$",
      "(GET|DELETE) apps/WRONG/w-2 .*: status is 404, ours 200$",
      "/application\\[WRONG]/instance\\[w-2] is absent, ours there$"),
  TAKEN_BACK(
      "an override that is taken back shows what was reported",
      "GET apps/ORDERS/o-1 .*/instance/status is \"UNKNOWN\", ours \"UP\"$",
      "PUT apps/ORDERS/o-1\\?status=UP.*: status is 404, ours 200$"),
  OVERRIDE_IN_XML(
      "an override wins over DOWN, in XML too",
      "GET apps/ORDERS/o-1 application/xml .*/instance/status is DOWN, ours OUT_OF_SERVICE$"),
  SELF_OVERRIDE(
      "an overriddenStatus in a registration overrides nothing",
      "GET apps/NUMBERS/.*/(s|overriddenS|overriddens)tatus is \"?DOWN\"?, ours"
          + " \"?(UP|UNKNOWN)\"?$",
      "GET apps/NUMBERS/.*/serviceUpTimestamp is 0, ours [0-9]{13}$"),
  MALFORMED(
      "what is malformed is 400",
      "PUT apps/ORDERS/o-1/status(\\?value=NONSENSE\\S*)? .*: status is 500, ours 400$",
      "POST apps/WRONG .* hello.*: status is 415, ours 400$"),
  ODD_STAMP(
      "a timestamp that is no time counts as none",
      "PUT .*lastDirtyTimestamp=nonsense .*: status is 500, ours 200$",
      "GET apps/NUMBERS/n-stamp .*/lastDirtyTimestamp is \"(0|-1)\", ours \"now\"$"),
  PORTS(
      "a port that counts is 1 to 65535",
      "POST apps/NUMBERS .*: status is 204, ours 400$",
      "(GET|DELETE) apps/NUMBERS/n-port[0-9]+ .*: status is 200, ours 404$"),
  UNSAID(
      "what is not said is as Eureka's clients assume",
      "/port/\\$ is 0, ours 7001$",
      "/countryId is 0, ours 1$",
      "/metadata/n is \"?null\"?, ours (\"\"|)$",
      "\\[host-w-instanceId]/instanceId is absent, ours \"?host-w-instanceId\"?$"),
  NAMES(
      "names are those of the registry",
      "POST apps/(NAMES|MY%20APP|A%26B) .*: status is 204, ours 400$",
      "\\w+ apps/(NAMES/a%20b|NAMES/caf%C3%A9|MY%20APP|A%26B)\\S* .*: status is 200, ours 404$"),
  SLASHES(
      "an id with a slash can be asked for",
      "\\w+ apps/NAMES/a%2Fb.*: status is 400, ours 200$",
      "GET apps/NAMES .*: status is 200, ours 404$",
      "/instance\\[a/b] is there, ours absent$",
      "/application\\[NAMES] is there, ours absent$",
      "GET apps application/.*/apps__hashcode is \"?UP_2_\"?, ours \"?UP_1_\"?$"),
  XML_FOR_OTHERS(
      "who accepts neither form gets XML",
      "GET apps(/ORDERS)? text/(html|json) .*: status is 406, ours 200$"),
  PREFERENCE(
      "who prefers XML gets XML", "GET apps(/ORDERS)? application/xml, application/json;q=0.5 .*"),
  GROUPS("there is nothing under asg", "PUT asg/.*: status is 400, ours 404$");

  private final String words;
  private final Pattern line;

  KnownDifference(String words, String... lines) {
    this.words = words;
    this.line = Pattern.compile(String.join("|", lines));
  }

  /** For people, and where docs/eureka.md says why. */
  String words() {
    return words;
  }

  /** The one that explains a difference. */
  static Optional<KnownDifference> of(String line) {
    return Arrays.stream(values()).filter(one -> one.line.matcher(line).find()).findFirst();
  }
}
