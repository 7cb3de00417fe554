package dev.rollcall.client;

/**
 * What a change of the members came to.
 *
 * @param member the one that it was about, as it is now; one that was removed as it was, with
 *     nothing but its id when that was earlier
 * @param already whether it was so before: nothing was done
 */
public record MemberChanged(Member member, boolean already) {}
