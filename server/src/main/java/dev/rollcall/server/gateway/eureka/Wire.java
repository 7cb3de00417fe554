package dev.rollcall.server.gateway.eureka;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Names of Eureka's wire, as its clients' codecs spell them. */
final class Wire {
  static final String INSTANCE = "instance";
  static final String APPLICATION = "application";
  static final String APPLICATIONS = "applications";

  /** Underscores are doubled: so XML's escaping once had it, and JSON has taken it over. */
  static final String VERSION = "versions__delta";

  static final String HASH = "apps__hashcode";

  static final String NAME = "name";
  static final String INSTANCE_ID = "instanceId";
  static final String HOST = "hostName";
  static final String APP = "app";
  static final String IP = "ipAddr";
  static final String STATUS = "status";

  /** In JSON; XML, and some clients' JSON, write it in lower case. */
  static final String OVERRIDDEN = "overriddenStatus";

  static final String OVERRIDDEN_LOWER = "overriddenstatus";
  static final String PORT = "port";
  static final String SECURE_PORT = "securePort";
  static final String COUNTRY = "countryId";
  static final String DATA_CENTER = "dataCenterInfo";
  static final String LEASE = "leaseInfo";
  static final String RENEWAL_SECONDS = "renewalIntervalInSecs";
  static final String DURATION_SECONDS = "durationInSecs";
  static final String METADATA = "metadata";
  static final String VIP = "vipAddress";
  static final String SECURE_VIP = "secureVipAddress";
  static final String COORDINATING = "isCoordinatingDiscoveryServer";
  static final String UPDATED = "lastUpdatedTimestamp";
  static final String DIRTY = "lastDirtyTimestamp";
  static final String ACTION = "actionType";
  static final String ASG = "asgName";

  /** An XML attribute, and what it says of a Java class. */
  static final String CLASS = "@class";

  static final String ENABLED = "@enabled";

  /** The text of an XML element that has attributes. */
  static final String TEXT = "$";

  static final String EMPTY_MAP_CLASS = "java.util.Collections$EmptyMap";
  static final String DATA_CENTER_CLASS = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo";
  static final String AMAZON_CLASS = "com.netflix.appinfo.AmazonInfo";
  static final String MY_OWN = "MyOwn";
  static final String AMAZON = "Amazon";

  /** The status of an instance that nobody knows, and of an override that is not there. */
  static final String UNKNOWN = "UNKNOWN";

  /** What a compact answer shows of an instance. */
  static final Set<String> COMPACT =
      Set.of(
          INSTANCE_ID,
          APP,
          IP,
          VIP,
          SECURE_VIP,
          DATA_CENTER,
          HOST,
          STATUS,
          UPDATED,
          ACTION,
          ASG,
          PORT,
          SECURE_PORT);

  /** In upper case, as apps are. */
  static final String GROUP = "appGroupName";

  /** In this order Eureka shows what it keeps for others. */
  static final List<String> ADDRESSES =
      List.of("homePageUrl", "statusPageUrl", "healthCheckUrl", "secureHealthCheckUrl");

  /** Fields that are texts and mean nothing to us. */
  static final List<String> TEXTS =
      Stream.concat(ADDRESSES.stream(), Stream.of(GROUP, COORDINATING, ASG, "sid")).toList();

  private Wire() {}
}
