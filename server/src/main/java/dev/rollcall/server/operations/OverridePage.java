package dev.rollcall.server.operations;

import dev.rollcall.server.api.Headers;
import dev.rollcall.store.InstanceCodec;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.StandingCodec;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.v1.InstanceOverride;
import dev.rollcall.v1.ListOverridesRequest;
import dev.rollcall.v1.ListOverridesResponse;

/**
 * One page of a list of overrides. The token is the service and the instance id of the next one: it
 * stays good whatever is set between two pages.
 *
 * @param from the first key wanted
 */
record OverridePage(InstanceKey from, int overridesMax) {
  private static final int OVERRIDES_MAX = 1_000;

  /** Before every other id: ids are printable. */
  private static final String FIRST_ID = " ";

  /** Before every other name, in the order of characters that names may have. */
  private static final String FIRST_SERVICE = "-";

  private static final char SEPARATOR = '/';

  static OverridePage of(ListOverridesRequest request) {
    int size = request.getPageSize();
    if (size < 0 || size > OVERRIDES_MAX) {
      throw new InvalidRequest(
          Rule.OTHER,
          "page_size must be at most " + OVERRIDES_MAX + ": " + Integer.toUnsignedString(size));
    }
    String token = request.getPageToken();
    var from =
        token.isEmpty()
            ? new InstanceKey(new ServiceKey(request.getNamespace(), FIRST_SERVICE), FIRST_ID)
            : parse(request.getNamespace(), token);
    return new OverridePage(from, size == 0 ? OVERRIDES_MAX : size);
  }

  ListOverridesResponse from(RegistryStore store, Headers headers) {
    var page = ListOverridesResponse.newBuilder().setHeader(headers.at(store.status().revision()));
    // One more than asked for, to know whether there is another page.
    for (var each : store.overrides(from, overridesMax + 1)) {
      var key = each.getKey();
      if (page.getOverridesCount() == overridesMax) {
        page.setNextPageToken(key.service().name() + SEPARATOR + key.instanceId());
        break;
      }
      page.addOverrides(
          InstanceOverride.newBuilder()
              .setKey(InstanceCodec.toMessage(key))
              .setOverride(StandingCodec.toMessage(each.getValue())));
    }
    return page.build();
  }

  private static InstanceKey parse(String namespace, String token) {
    int end = token.indexOf(SEPARATOR);
    try {
      if (end > 0) {
        var service = new ServiceKey(namespace, token.substring(0, end));
        return new InstanceKey(service, token.substring(end + 1));
      }
    } catch (InvalidRequest e) {
      // Said below.
    }
    throw new InvalidRequest(Rule.OTHER, "page_token is not one that was given: '" + token + "'");
  }
}
