package dev.rollcall.client.balance;

import dev.rollcall.client.Endpoint;
import dev.rollcall.client.ServiceInstance;

/**
 * One address to call.
 *
 * @param instance whose it is
 * @param endpoint where to call
 */
public record Choice(ServiceInstance instance, Endpoint endpoint) {}
