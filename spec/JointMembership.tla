-------------------------- MODULE JointMembership --------------------------
(***************************************************************************)
(* Changes of who the members are, as raft.core makes them: by joint       *)
(* consensus, in force from the moment they are appended.  docs/tla.md     *)
(* says what is covered, what is not, and which class each action is.      *)
(*                                                                         *)
(* Here everything is durable at once; Replication is about disks.  Any    *)
(* node that may stand may stand at any time, and hears of a term when     *)
(* something is asked of it in that term.  As there, said[t] is all that   *)
(* the leader of term t ever said, of which any one entry may arrive at    *)
(* any time, or never, and a leader hears an acknowledgement at once.      *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
  Server,
  Nobody,
  Founders,    \* the voters of the configuration at index 1
  MaxTerm,
  MaxChanges,  \* changes begun in all
  MaxCrashes,
  Mutant       \* "none", or what is broken on purpose: see docs/tla.md

VARIABLES
  term,     \* [Server -> Nat]
  hasVoted, \* [Server -> BOOLEAN]: in its term; for whom, the candidate knows
  log,      \* [Server -> Seq([term, conf])]; conf is NoConf but in configuration entries
  commit,   \* [Server -> Nat]: what the node knows to be committed
  role,     \* [Server -> role]
  granted,  \* [Server -> SUBSET Server]: who voted for a candidate; nobody for any other node
  said,     \* [Term -> [by, log, commit]]
  acked,    \* [Term -> [Server -> Nat]]: to leaders that still lead
  decided,  \* <<index, entry>> that a leader committed
  changes,
  crashes

vars == <<term, hasVoted, log, commit, role, granted, said, acked, decided, changes, crashes>>

Term == 1 .. MaxTerm
Min(a, b) == IF a < b THEN a ELSE b
Max(a, b) == IF a > b THEN a ELSE b

----------------------------------------------------------------------------
(* Configurations *)

NoConf == [voters |-> {}, outgoing |-> {}, learners |-> {}, removed |-> {}]
First == [voters |-> Founders, outgoing |-> {}, learners |-> {}, removed |-> {}]

IsMajority(set, of) == 2 * Cardinality(set \cap of) > Cardinality(of)
IsJoint(c) == c.outgoing # {}
IsVoter(c, s) == s \in c.voters \cup c.outgoing
Members(c) == c.voters \cup c.outgoing \cup c.learners

\* Configuration.isQuorum
IsQuorumOf(c, set) ==
  CASE Mutant = "joint-union-majority" -> IsMajority(set, c.voters \cup c.outgoing)
    [] Mutant = "joint-incoming-only" -> IsMajority(set, c.voters)
    [] Mutant = "learner-counted" -> /\ IsMajority(set, c.voters \cup c.learners)
                                     /\ IsJoint(c) => IsMajority(set, c.outgoing)
    [] OTHER -> /\ IsMajority(set, c.voters)
                /\ IsJoint(c) => IsMajority(set, c.outgoing)

\* The last index up to `upTo` with a configuration.
IndexOf(l, upTo) ==
  CHOOSE k \in 1 .. upTo : l[k].conf # NoConf /\ \A j \in k + 1 .. upTo : l[j].conf = NoConf

\* ConfigurationHistory.current: in force from the moment it is appended.
CurrentIndex(s) == IndexOf(log[s], Len(log[s]))
Current(s) == log[s][CurrentIndex(s)].conf
CommittedIndex(s) == IndexOf(log[s], commit[s])

\* ConfigurationHistory.isRemoved, Election.isRemoved
IsRemoved(s, other) == other \in log[s][CommittedIndex(s)].conf.removed

\* ConfigurationHistory.mayStand
MayStand(s) == \E k \in CommittedIndex(s) .. Len(log[s]) : IsVoter(log[s][k].conf, s)

\* Configuration.withoutOutgoing
WithoutOutgoing(c) ==
  [c EXCEPT !.outgoing = {},
            !.removed = @ \cup (c.outgoing \ (c.voters \cup c.learners))]

\* ConfigurationDraft: what one change may make of a configuration at rest.  Any number of voters
\* may come, of those that are known, and go; nobody comes back.
Successors(c) ==
  LET learned == {[c EXCEPT !.learners = @ \cup {s}] :
                    s \in Server \ (Members(c) \cup IF Mutant = "removed-returns" THEN {}
                                                   ELSE c.removed)}
      voters == {v \in SUBSET (c.voters \cup c.learners) : v # {} /\ v # c.voters}
      voted == {[c EXCEPT !.voters = v,
                          !.outgoing = c.voters,
                          !.learners = @ \ v] : v \in voters}
  IN learned \cup
     IF Mutant = "no-joint" THEN {WithoutOutgoing(next) : next \in voted} ELSE voted

----------------------------------------------------------------------------

LastTerm(l) == l[Len(l)].term
IsUpToDate(one, other) ==
  \/ LastTerm(one) > LastTerm(other)
  \/ LastTerm(one) = LastTerm(other) /\ Len(one) >= Len(other)

RECURSIVE SameFrom(_, _, _)
SameFrom(one, other, k) ==
  IF k > Len(one) \/ k > Len(other) THEN k - 1
  ELSE IF one[k] # other[k] THEN k - 1
  ELSE SameFrom(one, other, k + 1)
Same(one, other) == SameFrom(one, other, 1)

Entries(l, upTo) == {<<k, l[k]>> : k \in 1 .. upTo}

AckedAfterLeaving(s) ==
  IF role[s] = "leader"
  THEN [acked EXCEPT ![term[s]] = [f \in Server |-> 0]]
  ELSE acked

NoCandidate(s) == [granted EXCEPT ![s] = {}]

(* Elections *)

\* Whether enough votes of the term are free. Who stands in vain only keeps others from more.
CouldWin(s, t) ==
  IsQuorumOf(Current(s), {f \in Server : f = s \/ term[f] < t
                                           \/ (term[f] = t /\ ~hasVoted[f])})

Stand(s, t) ==
  /\ term[s] < t
  /\ \E f \in Server : t <= term[f] + 1
  /\ role[s] # "leader"
  /\ MayStand(s)
  /\ CouldWin(s, t)
  /\ term' = [term EXCEPT ![s] = t]
  /\ hasVoted' = [hasVoted EXCEPT ![s] = TRUE]
  /\ role' = [role EXCEPT ![s] = "candidate"]
  /\ granted' = [granted EXCEPT ![s] = {s}]
  /\ UNCHANGED <<log, commit, said, acked, decided, changes, crashes>>

Votes(f, s) ==
  LET t == term[s] IN
  /\ role[s] = "candidate"
  /\ t > term[f] \/ (t = term[f] /\ ~hasVoted[f])
  /\ ~IsRemoved(f, s)
  /\ IsUpToDate(log[s], log[f])
  /\ term' = [term EXCEPT ![f] = t]
  /\ hasVoted' = [hasVoted EXCEPT ![f] = TRUE]
  /\ role' = [role EXCEPT ![f] = "follower"]
  /\ granted' = [granted EXCEPT ![f] = {}, ![s] = @ \cup {f}]
  /\ acked' = AckedAfterLeaving(f)
  /\ UNCHANGED <<log, commit, said, decided, changes, crashes>>

Wins(s) ==
  LET t == term[s]
      next == Append(log[s], [term |-> t, conf |-> NoConf])
  IN
  /\ role[s] = "candidate"
  /\ IsQuorumOf(Current(s), granted[s])
  /\ role' = [role EXCEPT ![s] = "leader"]
  /\ granted' = NoCandidate(s)
  /\ log' = [log EXCEPT ![s] = next]
  /\ said' = [said EXCEPT ![t] = [by |-> s, log |-> next, commit |-> commit[s]]]
  /\ UNCHANGED <<term, hasVoted, commit, acked, decided, changes, crashes>>

(* Replication *)

ReceiveAppend(f, t, i) ==
  LET l == log[f]
      entry == said[t].log[i]
      fits == IF Len(l) >= i - 1 THEN l[i - 1].term = said[t].log[i - 1].term ELSE FALSE
      known == Len(l) >= i /\ l[i].term = entry.term
      next == IF known THEN l ELSE Append(SubSeq(l, 1, i - 1), entry)
  IN
  /\ said[t].by \notin {Nobody, f}
  /\ t >= term[f]
  /\ fits
  /\ term' = [term EXCEPT ![f] = t]
  /\ hasVoted' = IF t > term[f] THEN [hasVoted EXCEPT ![f] = FALSE] ELSE hasVoted
  /\ role' = [role EXCEPT ![f] = "follower"]
  /\ log' = [log EXCEPT ![f] = next]
  /\ commit' = [commit EXCEPT ![f] = Max(@, Min(said[t].commit, i))]
  /\ acked' = LET before == AckedAfterLeaving(f)
                  s == said[t].by
              IN IF role[s] = "leader" /\ term[s] = t /\ i > before[t][f]
                 THEN [before EXCEPT ![t][f] = i]
                 ELSE before
  /\ granted' = NoCandidate(f)
  /\ UNCHANGED <<said, decided, changes, crashes>>

HasCommittedInTerm(s) == log[s][commit[s]].term = term[s]
IsCommitted(s) == CurrentIndex(s) <= commit[s]

\* Leader.advanceCommit; here it may hear late, for what a node knows to be committed decides
\* whether it may stand.
AdvanceCommit(s, i) ==
  LET t == term[s]
      has == {f \in Server : f = s \/ acked[t][f] >= i}
  IN
  /\ role[s] = "leader"
  /\ i > commit[s]
  /\ log[s][i].term = t
  /\ IsQuorumOf(Current(s), has)
  /\ commit' = [commit EXCEPT ![s] = i]
  /\ said' = [said EXCEPT ![t].commit = i]
  /\ decided' = decided \cup Entries(log[s], i)
  /\ UNCHANGED <<term, hasVoted, log, role, granted, acked, changes, crashes>>

Appends(s, conf) ==
  LET next == Append(log[s], [term |-> term[s], conf |-> conf]) IN
  /\ log' = [log EXCEPT ![s] = next]
  /\ said' = [said EXCEPT ![term[s]].log = next]

\* Membership.change
Change(s, conf) ==
  /\ role[s] = "leader"
  /\ changes < MaxChanges
  /\ Mutant # "before-own-term" => HasCommittedInTerm(s)
  /\ Mutant # "change-upon-change" => IsCommitted(s)
  /\ ~IsJoint(Current(s))
  /\ conf \in Successors(Current(s))
  /\ Appends(s, conf)
  /\ changes' = changes + 1
  /\ UNCHANGED <<term, hasVoted, commit, role, granted, acked, decided, crashes>>

\* Membership.advance
LeavesJoint(s) ==
  /\ role[s] = "leader"
  /\ IsJoint(Current(s))
  /\ Mutant # "leave-joint-early" => HasCommittedInTerm(s) /\ IsCommitted(s)
  /\ Appends(s, WithoutOutgoing(Current(s)))
  /\ UNCHANGED <<term, hasVoted, commit, role, granted, acked, decided, changes, crashes>>

\* Membership.hasLeft
StepsDown(s) ==
  /\ role[s] = "leader"
  /\ ~IsVoter(Current(s), s)
  /\ IsCommitted(s)
  /\ role' = [role EXCEPT ![s] = "follower"]
  /\ acked' = AckedAfterLeaving(s)
  /\ UNCHANGED <<term, hasVoted, log, commit, granted, said, decided, changes, crashes>>

\* Role and what it knew to be committed are lost, the latter as far as no write had recorded it.
Crash(s) ==
  /\ crashes < MaxCrashes
  /\ role[s] # "follower" \/ commit[s] > 1
  /\ crashes' = crashes + 1
  /\ \E k \in {1, commit[s]} : commit' = [commit EXCEPT ![s] = k]
  /\ role' = [role EXCEPT ![s] = "follower"]
  /\ acked' = AckedAfterLeaving(s)
  /\ granted' = NoCandidate(s)
  /\ UNCHANGED <<term, hasVoted, log, said, decided, changes>>

----------------------------------------------------------------------------

Init ==
  LET first == <<[term |-> 0, conf |-> First]>> IN
  /\ term = [s \in Server |-> 0]
  /\ hasVoted = [s \in Server |-> FALSE]
  /\ log = [s \in Server |-> first]
  /\ commit = [s \in Server |-> 1]
  /\ role = [s \in Server |-> "follower"]
  /\ granted = [s \in Server |-> {}]
  /\ said = [t \in Term |-> [by |-> Nobody, log |-> first, commit |-> 1]]
  /\ acked = [t \in Term |-> [s \in Server |-> 0]]
  /\ decided = Entries(first, 1)
  /\ changes = 0
  /\ crashes = 0

Next ==
  \E s \in Server :
    \/ \E t \in Term : Stand(s, t)
    \/ \E f \in Server : Votes(f, s)
    \/ Wins(s)
    \/ \E t \in Term : \E i \in 2 .. Len(said[t].log) : ReceiveAppend(s, t, i)
    \/ \E i \in 2 .. Len(log[s]) : AdvanceCommit(s, i)
    \/ \E conf \in Successors(Current(s)) : Change(s, conf)
    \/ LeavesJoint(s)
    \/ StepsDown(s)
    \/ Crash(s)

Spec == Init /\ [][Next]_vars

Servers == Permutations(Founders) \cup Permutations(Server \ Founders)

----------------------------------------------------------------------------
(* What must hold: one name each with the classes of dev.rollcall.chaos.simulation. *)

\* What a quorum is, whatever the mutant takes for one.
IsTrueQuorum(c, set) ==
  /\ IsMajority(set, c.voters)
  /\ IsJoint(c) => IsMajority(set, c.outgoing)

Overlap(one, other) ==
  LET voters == one.voters \cup one.outgoing \cup other.voters \cup other.outgoing IN
  \A set \in SUBSET voters :
    ~(IsTrueQuorum(one, set) /\ IsTrueQuorum(other, voters \ set))

ConfigurationsIn(l) == {k \in 1 .. Len(l) : l[k].conf # NoConf}

ConfigurationsOverlap ==
  \A s \in Server : \A k \in ConfigurationsIn(log[s]) \ {1} :
    LET before == log[s][IndexOf(log[s], k - 1)].conf
        next == log[s][k].conf
    IN Overlap(before, next) /\ before.removed \cap Members(next) = {}

\* Membership: "at most one is uncommitted in any log".
OneChangeAtATime ==
  \A s \in Server :
    Cardinality({k \in ConfigurationsIn(log[s]) : <<k, log[s][k]>> \notin decided}) <= 1

\* Whoever has spoken as the leader of a term stays the only one.
OneLeaderPerTerm ==
  [][\A t \in Term : said[t].by # Nobody => said'[t].by = said[t].by]_vars

\* Who has voted in its term adds to no candidate's votes in it.
OneVotePerTerm ==
  [][\A s, c \in Server :
       term'[s] = term[s] /\ hasVoted[s] /\ s \in granted'[c] => s \in granted[c]]_vars

LogsMatch ==
  \A s, f \in Server : \A i \in 1 .. Min(Len(log[s]), Len(log[f])) :
    log[s][i].term = log[f][i].term => SubSeq(log[s], 1, i) = SubSeq(log[f], 1, i)

LeaderHasEveryCommitted ==
  \A s \in Server : role[s] = "leader" =>
    \A t \in 1 .. term[s] :
      Entries(said[t].log, said[t].commit) \subseteq Entries(log[s], Len(log[s]))

AppliedNeverDiverges ==
  /\ \A one, other \in decided : one[1] = other[1] => one = other
  /\ \A s \in Server : Entries(log[s], commit[s]) \subseteq decided

\* Of the configuration in force, when the leader commits it.
CommittedIsOnAQuorum ==
  [][\A s \in Server :
       role[s] = "leader" /\ role'[s] = "leader" /\ commit'[s] > commit[s] =>
         IsTrueQuorum(Current(s), {f \in Server : Same(log[f], log[s]) >= commit'[s]})]_vars

LeaderAppendsOnly ==
  [][\A s \in Server :
       role[s] = "leader" /\ role'[s] = "leader" => Same(log[s], log'[s]) = Len(log[s])]_vars
=============================================================================
