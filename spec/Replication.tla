---------------------------- MODULE Replication ----------------------------
(***************************************************************************)
(* Elections and replication as raft.core does them, with a disk that lags *)
(* behind.  docs/tla.md says what is covered, what is not, and which class *)
(* each action is.                                                         *)
(*                                                                         *)
(* A node is three states at once: what it believes (mem), what is being   *)
(* written (flight) and what a crash would leave (disk).  Requests may     *)
(* leave at once; what promises something (a vote, an acknowledgement, the *)
(* request that implies the own vote) leaves once the disk holds it.       *)
(*                                                                         *)
(* The network loses, repeats, delays and reorders at will.  So a message, *)
(* once sent, stays in the world for ever and may be received any number   *)
(* of times, or never.  Of two kinds not even the messages are kept:       *)
(*  - said[t] is all that the leader of term t ever said: its log, of      *)
(*    which any single entry, with what is before it, is an AppendEntries, *)
(*    and its commit index.  What holds for one entry at a time holds for  *)
(*    batches, which a follower takes entry by entry.                      *)
(*  - acked[t][f] is the highest acknowledgement of f in term t: what it   *)
(*    promises includes all lower ones.  When the leader hears of it is    *)
(*    when it counts it, in AdvanceCommit.                                 *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
  Server,
  Nobody,
  MaxTerm,     \* terms 1 .. MaxTerm have elections
  MaxValues,   \* proposals in all; the k-th proposes the value k
  MaxCrashes,
  Elections,   \* "free" or "asked", see Stand
  Start,       \* "empty", or "figure-8": as in the paper's figure, two terms have gone by
  Mutant       \* "none", or what is broken on purpose: see docs/tla.md

ASSUME Elections \in {"free", "asked"}

VARIABLES
  mem,      \* [Server -> [term, vote, log]]: the node's own view
  flight,   \* [Server -> Seq(mem)]: handed out to be written, at most one at a time
  disk,     \* [Server -> [term, vote, log]]: durable
  role,     \* [Server -> role]
  ear,      \* [Server -> "hears", "lost", "silent"]: about its leader
  yes,      \* [Server -> SUBSET Server]: who granted it a pre-vote in its term
  asks,     \* requests for votes that left: <<term, candidate, last term, last index, why>>
  granted,  \* votes that left: <<term, voter, candidate>>
  elected,  \* <<term, leader>> of every election won
  said,     \* [Term -> [by, log, commit]]
  acked,    \* [Term -> [Server -> Nat]]
  stray,    \* <<index, entry>> that a follower was told is committed and no leader committed
  top,      \* highest term anybody was ever in
  proposed,
  lags,     \* the nodes that may crash yet, so that it matters how far their disks are behind
  crashes

vars == <<mem, flight, disk, role, ear, yes, asks, granted, elected, said, acked, stray, top,
          proposed, lags, crashes>>

Term == 1 .. MaxTerm
Noop == 0
Min(a, b) == IF a < b THEN a ELSE b
Max(a, b) == IF a > b THEN a ELSE b
IsQuorum(set) == 2 * Cardinality(set) > Cardinality(Server)

LastTerm(log) == IF log = <<>> THEN 0 ELSE log[Len(log)][1]

\* EntryId.isAtLeastAsUpToDateAs
IsUpToDate(lastTerm, lastIndex, log) ==
  IF Mutant = "index-before-term"
  THEN \/ lastIndex > Len(log)
       \/ lastIndex = Len(log) /\ lastTerm >= LastTerm(log)
  ELSE \/ lastTerm > LastTerm(log)
       \/ lastTerm = LastTerm(log) /\ lastIndex >= Len(log)

\* How far two logs are the same.
RECURSIVE SameFrom(_, _, _)
SameFrom(one, other, k) ==
  IF k > Len(one) \/ k > Len(other) THEN k - 1
  ELSE IF one[k] # other[k] THEN k - 1
  ELSE SameFrom(one, other, k + 1)
Same(one, other) == SameFrom(one, other, 1)

Entries(log, upTo) == {<<k, log[k]>> : k \in 1 .. upTo}

\* What leaders have committed, ever.
Decided == UNION {Entries(said[t].log, said[t].commit) : t \in Term}

----------------------------------------------------------------------------
(* Durability *)

\* How far the present log is on the disk, whatever the write in flight does to it.
DurableIndexOf(log, onDisk, writes) ==
  LET there == Same(log, onDisk.log) IN
  IF writes = <<>>
  THEN there
  ELSE Min(there, Same(log, writes[1].log))

DurableIndex(s) == DurableIndexOf(mem[s].log, disk[s], flight[s])

\* The node's view is now m.  It is handed out to be written at once, unless a write is under way.
Becomes(s, m) ==
  /\ mem' = [mem EXCEPT ![s] = m]
  /\ flight' = IF flight[s] = <<>> /\ m # disk[s]
               THEN [flight EXCEPT ![s] = <<m>>]
               ELSE flight

\* Whether somebody else leads the term.  An acknowledgement for whom does not any more is ignored.
IsHeard(f, t) ==
  LET s == said[t].by IN
  /\ s \notin {Nobody, f}
  /\ Mutant # "late-ack-counts" => role[s] = "leader" /\ mem[s].term = t

\* acked after f, with this view and disk, has told the leader of its term all that it may.
Acknowledged(before, f, m, onDisk, writes) ==
  LET t == m.term
      matched == Same(m.log, said[t].log)
      durable == IF onDisk.term = t \/ Mutant = "ack-before-term" THEN DurableIndexOf(m.log, onDisk, writes) ELSE 0
      upTo == IF Mutant = "ack-before-durable" THEN matched ELSE Min(matched, durable)
  IN IF t \in Term /\ IsHeard(f, t) /\ upTo > before[t][f]
     THEN [before EXCEPT ![t][f] = upTo]
     ELSE before

\* How far the durable log of f equals that of the leader s of term t, as s counts it.
Match(s, f, t, heard, ownDurable) ==
  LET last == Len(said[t].log)
      known == {Min(heard[u][f], last) : u \in IF Mutant = "late-ack-counts" THEN 1 .. t ELSE {t}}
  IN IF f # s THEN CHOOSE k \in known : \A other \in known : other <= k
     ELSE IF Mutant = "counts-itself-early" THEN last
     ELSE ownDurable

\* said after the leader of term t has heard these acknowledgements and has this much on its own
\* disk.  It hears at once: later would commit less and risk less.  Only entries of its own term
\* are committed by counting.
Commits(t, heard, ownDurable) ==
  LET s == said[t].by
      mayCommit == {i \in said[t].commit + 1 .. Len(said[t].log) :
                      /\ Mutant # "commit-older-term" => said[t].log[i][1] = t
                      /\ IsQuorum({f \in Server : Match(s, f, t, heard, ownDurable) >= i})}
  IN IF s # Nobody /\ role[s] = "leader" /\ mem[s].term = t /\ mayCommit # {}
     THEN [said EXCEPT ![t].commit = CHOOSE i \in mayCommit : \A other \in mayCommit : other <= i]
     ELSE said

----------------------------------------------------------------------------
(* Elections *)

\* A node that enters a term follows nobody yet.
EnterView(m, t) == IF t > m.term THEN [m EXCEPT !.term = t, !.vote = Nobody] ELSE m

\* All that a change of term or role makes a node forget.
Forgets(s) ==
  /\ ear' = [ear EXCEPT ![s] = "silent"]
  /\ yes' = [yes EXCEPT ![s] = {}]

\* Whether f is certain enough of a leader to refuse such an election.  With free elections time
\* is not looked at: whatever a node may do after some silence it may do at once.
Refuses(f, why) ==
  /\ Elections = "asked"
  /\ \/ role[f] = "leader"
     \/ ear[f] = "hears"
     \/ ear[f] = "lost" /\ why = "timeout"

\* A follower heard no leader for an election timeout.
FallsSilent(s) ==
  /\ Elections = "asked"
  /\ ear[s] # "silent"
  /\ ear' = [ear EXCEPT ![s] = "silent"]
  /\ UNCHANGED <<mem, flight, disk, role, yes, asks, granted, elected, said, acked, stray, top,
                 proposed, lags, crashes>>

\* The hint: its connection to the leader that it hears closed.
LosesConnection(s) ==
  /\ Elections = "asked"
  /\ ear[s] = "hears"
  /\ ear' = [ear EXCEPT ![s] = "lost"]
  /\ UNCHANGED <<mem, flight, disk, role, yes, asks, granted, elected, said, acked, stray, top,
                 proposed, lags, crashes>>

PreCandidate == {"pre-timeout", "pre-lost"}
Why(s) == IF role[s] \in {"pre-lost", "candidate-lost"} THEN "lost" ELSE "timeout"

AsksForPreVotes(s) ==
  /\ Elections = "asked"
  /\ role[s] \in {"follower", "candidate", "candidate-lost"} \cup PreCandidate
  /\ ear[s] # "hears"
  /\ mem[s].term < MaxTerm
  /\ LET next == IF ear[s] = "lost" THEN "pre-lost" ELSE "pre-timeout" IN
     /\ role[s] # next
     /\ role' = [role EXCEPT ![s] = next]
  /\ ear' = [ear EXCEPT ![s] = "silent"]
  /\ UNCHANGED <<mem, flight, disk, yes, asks, granted, elected, said, acked, stray, top,
                 proposed, lags, crashes>>

\* f answers the pre-vote of s; it changes nothing at f and waits for no disk.
GrantsPreVote(f, s) ==
  /\ role[s] \in PreCandidate
  /\ f \notin yes[s] \cup {s}
  /\ ~Refuses(f, Why(s))
  /\ mem[f].term <= mem[s].term
  /\ IsUpToDate(LastTerm(mem[s].log), Len(mem[s].log), mem[f].log)
  /\ yes' = [yes EXCEPT ![s] = @ \cup {f}]
  /\ UNCHANGED <<mem, flight, disk, role, ear, asks, granted, elected, said, acked, stray, top,
                 proposed, lags, crashes>>

\* Whether enough votes of the term are free. Who stands in vain only keeps others from more.
CouldWin(s, t) ==
  IsQuorum({f \in Server : f = s \/ mem[f].term < t
                            \/ (mem[f].term = t /\ mem[f].vote = Nobody)})

\* What was acknowledged to a leader is of no interest once it does not lead.
AckedAfterLeaving(s) ==
  IF role[s] = "leader" /\ Mutant # "late-ack-counts"
  THEN [acked EXCEPT ![mem[s].term] = [f \in Server |-> 0]]
  ELSE acked

\* Free: whoever does not lead may stand at any time.  That is more than PreVote, stickiness, the
\* hint and hand-overs ever allow; they only choose among these behaviours.  Asked: as in the code,
\* without hand-overs.
Stand(s, t) ==
  /\ mem[s].term < t
  /\ IF Elections = "free"
     THEN t <= top + 1 /\ CouldWin(s, t)
     ELSE t = mem[s].term + 1 /\ role[s] \in PreCandidate /\ IsQuorum(yes[s] \cup {s})
  /\ Becomes(s, [mem[s] EXCEPT !.term = t, !.vote = s])
  /\ role' = [role EXCEPT ![s] = IF @ = "pre-lost" THEN "candidate-lost" ELSE "candidate"]
  /\ top' = Max(top, t)
  /\ asks' = IF Mutant = "ask-before-durable"
             THEN asks \cup {<<t, s, LastTerm(mem[s].log), Len(mem[s].log), Why(s)>>}
             ELSE asks
  /\ granted' = IF Mutant = "ask-before-durable"
                THEN granted \cup {<<t, s, s>>}
                ELSE granted
  /\ acked' = AckedAfterLeaving(s)
  /\ Forgets(s)
  /\ UNCHANGED <<disk, elected, said, stray, proposed, lags, crashes>>

\* f receives a request for its vote.  It answers when the vote is durable: see Persisted.
ReceiveRequestVote(f, ask) ==
  LET t == ask[1]
      candidate == ask[2]
      m == EnterView(mem[f], t)
      grants == m.vote \in {Nobody, candidate} /\ IsUpToDate(ask[3], ask[4], m.log)
      next == IF grants THEN [m EXCEPT !.vote = candidate] ELSE m
  IN
  /\ f # candidate
  /\ t >= mem[f].term
  /\ ~Refuses(f, ask[5])
  /\ Elections = "free" =>
       grants /\ role[candidate] \in {"candidate", "candidate-lost"} /\ mem[candidate].term = t
  /\ next # mem[f]
  /\ Becomes(f, next)
  /\ IF t > mem[f].term
     THEN role' = [role EXCEPT ![f] = "follower"] /\ acked' = AckedAfterLeaving(f) /\ Forgets(f)
     ELSE UNCHANGED <<role, acked, ear, yes>>
  /\ granted' = IF Mutant = "vote-before-durable" /\ grants
                THEN granted \cup {<<t, f, candidate>>}
                ELSE granted
  /\ UNCHANGED <<disk, asks, elected, said, stray, top, proposed, lags, crashes>>

\* A refusal of any kind, or an answer to an old term, carries the answerer's term, durable or not.
HearsOfTerm(s, t) ==
  /\ Elections = "asked"
  /\ mem[s].term < t
  /\ t <= top
  /\ Becomes(s, EnterView(mem[s], t))
  /\ role' = [role EXCEPT ![s] = "follower"]
  /\ acked' = AckedAfterLeaving(s)
  /\ Forgets(s)
  /\ UNCHANGED <<disk, asks, granted, elected, said, stray, top, proposed, lags, crashes>>

\* Votes for s as it counts them; its own travels through its disk like the others'.
VotesFor(s) ==
  LET t == mem[s].term
      votes == {f \in Server : <<t, f, s>> \in granted}
  IN IF Mutant = "hint-is-a-vote" /\ role[s] = "candidate-lost"
     THEN votes \cup {f \in Server : ear[f] = "lost"}
     ELSE votes

\* A candidate with a quorum begins its term with a no-op.  What it knows to be committed of the
\* entries before is anything up to what is: followers hear of the most.
Wins(s) ==
  LET t == mem[s].term
      log == Append(mem[s].log, <<t, Noop>>)
      known == CHOOSE k \in 0 .. Len(mem[s].log) :
                 /\ Entries(log, k) \subseteq Decided
                 /\ k = Len(mem[s].log) \/ <<k + 1, log[k + 1]>> \notin Decided
  IN
  /\ role[s] \in {"candidate", "candidate-lost"}
  /\ IsQuorum(VotesFor(s))
  /\ Becomes(s, [mem[s] EXCEPT !.log = log])
  /\ role' = [role EXCEPT ![s] = "leader"]
  /\ elected' = elected \cup {<<t, s>>}
  /\ said' = [said EXCEPT ![t] = [by |-> s, log |-> log, commit |-> known]]
  /\ Forgets(s)
  /\ UNCHANGED <<disk, asks, granted, acked, stray, top, proposed, lags, crashes>>

\* A leader that hears no quorum, or whose disk stands still, leads no more.
Resigns(s) ==
  /\ Elections = "asked"
  /\ role[s] = "leader"
  /\ role' = [role EXCEPT ![s] = "follower"]
  /\ acked' = AckedAfterLeaving(s)
  /\ UNCHANGED <<mem, flight, disk, ear, yes, asks, granted, elected, said, stray, top, proposed,
                 lags, crashes>>

----------------------------------------------------------------------------
(* Replication *)

Propose(s) ==
  LET t == mem[s].term
      log == Append(mem[s].log, <<t, proposed + 1>>)
  IN
  /\ role[s] = "leader"
  /\ proposed < MaxValues
  /\ proposed' = proposed + 1
  /\ Becomes(s, [mem[s] EXCEPT !.log = log])
  /\ said' = [said EXCEPT ![t].log = log]
  /\ UNCHANGED <<disk, role, ear, yes, asks, granted, elected, acked, stray, top, lags, crashes>>

\* f receives, of all the leader of term t has said, the entry at index i with what is before it,
\* and the leader's commit index.  When the message does not fit only the term is taken from it.
ReceiveAppend(f, t, i) ==
  LET log == mem[f].log
      entry == said[t].log[i]
      fits == IF i = 1 THEN TRUE
              ELSE Len(log) >= i - 1 /\ log[i - 1][1] = said[t].log[i - 1][1]
      known == Len(log) >= i /\ log[i][1] = entry[1]
      newLog == IF ~fits THEN log
                ELSE IF known THEN IF Mutant = "truncate-always" THEN SubSeq(log, 1, i) ELSE log
                ELSE Append(SubSeq(log, 1, i - 1), entry)
      next == [EnterView(mem[f], t) EXCEPT !.log = newLog]
      told == IF ~fits THEN 0
              ELSE Min(said[t].commit, IF Mutant = "commit-to-last" THEN Len(newLog) ELSE i)
  IN
  /\ said[t].by \notin {Nobody, f}
  /\ t >= mem[f].term
  /\ (Elections = "free" => fits)
  /\ Becomes(f, next)
  /\ role' = [role EXCEPT ![f] = "follower"]
  /\ ear' = [ear EXCEPT ![f] = IF Elections = "asked" THEN "hears" ELSE "silent"]
  /\ yes' = IF t > mem[f].term THEN [yes EXCEPT ![f] = {}] ELSE yes
  /\ acked' = Acknowledged(AckedAfterLeaving(f), f, next, disk[f], flight'[f])
  /\ stray' = stray \cup (Entries(newLog, told) \ Decided)
  /\ said' = IF acked' = acked THEN said
             ELSE Commits(t, acked', DurableIndex(said[t].by))
  /\ UNCHANGED <<disk, asks, granted, elected, top, proposed, lags, crashes>>

\* The oldest write is durable, and what waited for it leaves, unless the term has moved on.
Persisted(s) ==
  LET onDisk == flight[s][1]
      t == mem[s].term
      writes == IF mem[s] = onDisk THEN <<>> ELSE <<mem[s]>>
      isTerm == onDisk.term = t
  IN
  /\ flight[s] # <<>>
  /\ disk' = [disk EXCEPT ![s] = onDisk]
  /\ flight' = [flight EXCEPT ![s] = writes]
  /\ granted' = IF isTerm /\ onDisk.vote # Nobody
                THEN granted \cup {<<t, s, onDisk.vote>>}
                ELSE granted
  /\ asks' = IF isTerm /\ role[s] \in {"candidate", "candidate-lost"}
             THEN asks \cup {<<t, s, LastTerm(mem[s].log), Len(mem[s].log), Why(s)>>}
             ELSE asks
  /\ acked' = IF role[s] \in {"follower"} \cup PreCandidate
              THEN Acknowledged(acked, s, mem[s], onDisk, writes)
              ELSE acked
  /\ said' = IF t = 0 THEN said
             ELSE IF role[s] = "leader"
             THEN Commits(t, acked, DurableIndexOf(mem[s].log, onDisk, writes))
             ELSE IF acked' = acked THEN said
             ELSE Commits(t, acked', DurableIndex(said[t].by))
  /\ UNCHANGED <<mem, role, ear, yes, elected, stray, top, proposed, lags, crashes>>

\* What is not durable is lost; the node is back as a follower of nobody.
Crash(s) ==
  /\ s \in lags
  /\ mem[s] # disk[s] \/ role[s] # "follower"
  /\ crashes' = crashes + 1
  /\ lags' = IF crashes' = MaxCrashes THEN {} ELSE lags
  /\ mem' = [mem EXCEPT ![s] = disk[s]]
  /\ flight' = [flight EXCEPT ![s] = <<>>]
  /\ role' = [role EXCEPT ![s] = "follower"]
  /\ acked' = AckedAfterLeaving(s)
  /\ Forgets(s)
  /\ UNCHANGED <<disk, asks, granted, elected, said, stray, top, proposed>>

----------------------------------------------------------------------------

InitEmpty ==
  /\ mem = [s \in Server |-> [term |-> 0, vote |-> Nobody, log |-> <<>>]]
  /\ granted = {}
  /\ elected = {}
  /\ said = [t \in Term |-> [by |-> Nobody, log |-> <<>>, commit |-> 0]]
  /\ top = 0

\* Of three servers, `a` led term 1 and `c` term 2, both with the vote of `b`, and neither has told
\* anybody of its no-op.  That this can be is seen from InitEmpty; from here a fourth term is near.
InitFigure8 ==
  \E a, b, c \in Server :
    LET first == <<<<1, Noop>>>>
        second == <<<<2, Noop>>>>
    IN
    /\ Cardinality({a, b, c}) = 3
    /\ mem = (a :> [term |-> 1, vote |-> a, log |-> first]
              @@ b :> [term |-> 2, vote |-> c, log |-> <<>>]
              @@ c :> [term |-> 2, vote |-> c, log |-> second])
    /\ granted = {<<1, a, a>>, <<1, b, a>>, <<2, b, c>>, <<2, c, c>>}
    /\ elected = {<<1, a>>, <<2, c>>}
    /\ said = [t \in Term |-> CASE t = 1 -> [by |-> a, log |-> first, commit |-> 0]
                              [] t = 2 -> [by |-> c, log |-> second, commit |-> 0]
                              [] OTHER -> [by |-> Nobody, log |-> <<>>, commit |-> 0]]
    /\ top = 2

Init ==
  /\ IF Start = "figure-8" THEN InitFigure8 ELSE InitEmpty
  /\ disk = mem
  /\ flight = [s \in Server |-> <<>>]
  /\ role = [s \in Server |-> "follower"]
  /\ ear = [s \in Server |-> "silent"]
  /\ yes = [s \in Server |-> {}]
  /\ asks = {}
  /\ acked = [t \in Term |-> [s \in Server |-> 0]]
  /\ stray = {}
  /\ proposed = 0
  /\ lags \in {set \in SUBSET Server :
                Cardinality(set) = Min(MaxCrashes, Cardinality(Server))}
  /\ crashes = 0

\* Where no crash can come (any more), a disk that lags changes nothing but when a promise is given.
\* So there it is quick, which keeps the number of states within reach.
Quick == \E s \in Server \ lags : flight[s] # <<>>

Acts(s) ==
  \/ FallsSilent(s)
  \/ LosesConnection(s)
  \/ AsksForPreVotes(s)
  \/ \E f \in Server : GrantsPreVote(f, s)
  \/ \E t \in Term : Stand(s, t)
  \/ \E ask \in asks : ReceiveRequestVote(s, ask)
  \/ \E t \in Term : HearsOfTerm(s, t)
  \/ Wins(s)
  \/ Resigns(s)
  \/ Propose(s)
  \/ \E t \in Term : \E i \in 1 .. Len(said[t].log) : ReceiveAppend(s, t, i)
  \/ Crash(s)

Next == \E s \in Server : Persisted(s) \/ (~Quick /\ Acts(s))

Spec == Init /\ [][Next]_vars

Servers == Permutations(Server)

----------------------------------------------------------------------------
(* What must hold: one name each with the classes of dev.rollcall.chaos.simulation. *)

OneLeaderPerTerm == \A one, other \in elected : one[1] = other[1] => one = other

OneVotePerTerm ==
  /\ \A one, other \in granted : one[1] = other[1] /\ one[2] = other[2] => one = other
  /\ \A ask \in asks : \A vote \in granted :
       ask[1] = vote[1] /\ ask[2] = vote[2] => vote[3] = vote[2]

\* Nobody is, or would be after a crash, in a term below one that it gave a promise in.
TermNeverGoesBack ==
  \A s \in Server :
    /\ disk[s].term <= mem[s].term
    /\ \A vote \in granted : vote[2] = s => vote[1] <= disk[s].term
    /\ \A t \in Term : acked[t][s] > 0 => t <= disk[s].term

\* Equal entries have equal logs before them.
LogsMatchIn(one, other) ==
  \A i \in 1 .. Min(Len(one), Len(other)) :
    one[i][1] = other[i][1] => SubSeq(one, 1, i) = SubSeq(other, 1, i)
LogsMatch ==
  \A s, f \in Server :
    /\ LogsMatchIn(mem[s].log, mem[f].log)
    /\ LogsMatchIn(mem[s].log, disk[f].log)

LeaderHasEveryCommitted ==
  \A s \in Server : role[s] = "leader" =>
    \A t \in 1 .. mem[s].term :
      Entries(said[t].log, said[t].commit) \subseteq Entries(mem[s].log, Len(mem[s].log))

AppliedNeverDiverges ==
  /\ stray = {}
  /\ \A one, other \in Decided : one[1] = other[1] => one = other

CommittedIsOnAQuorum ==
  \A each \in Decided :
    IsQuorum({s \in Server : Len(disk[s].log) >= each[1] /\ disk[s].log[each[1]] = each[2]})

\* As a crash now would leave it; a node that has heard of a higher term owes the old one nothing.
AcknowledgedIsDurable ==
  \A s \in Server : \A t \in Term :
    acked[t][s] > 0 /\ mem[s].term <= t => Same(disk[s].log, said[t].log) >= acked[t][s]

\* The same of whatever a leader counts, its own share included.
MatchIsDurable ==
  \A s, f \in Server :
    role[s] = "leader" /\ mem[f].term <= mem[s].term
      => Same(disk[f].log, mem[s].log) >= Match(s, f, mem[s].term, acked, DurableIndex(s))

\* A hint, a pre-vote, or anything else but votes elects nobody.
LeaderHasAQuorumOfVotes ==
  \A won \in elected : IsQuorum({f \in Server : <<won[1], f, won[2]>> \in granted})

LeaderAppendsOnly ==
  [][\A s \in Server :
       role[s] = "leader" /\ role'[s] = "leader" /\ mem'[s].term = mem[s].term
         => Same(mem[s].log, mem'[s].log) = Len(mem[s].log)]_vars

CommitNeverGoesBack == [][\A t \in Term : said'[t].commit >= said[t].commit]_vars
=============================================================================
