package dev.rollcall.client;

/**
 * The feature level that the cluster has agreed on.
 *
 * @param level 1 or more
 * @param already whether it was so before: nothing was done
 */
public record FeatureLevelRaised(int level, boolean already) {}
