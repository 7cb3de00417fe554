package dev.rollcall.store.filter;

import com.google.re2j.Pattern;
import dev.rollcall.store.filter.Token.Kind;
import dev.rollcall.store.instance.InvalidRequest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.semver4j.Semver;

/**
 * Makes an expression of tokens.
 *
 * <pre>
 * or         := and ("or" and)*
 * and        := term ("and" term)*
 * term       := "not" term | "(" or ")" | test
 * test       := VALUE ["not"] "in" name
 *             | name ("==" | "!=") VALUE
 *             | name ("&lt;" | "&lt;=" | "&gt;" | "&gt;=") NUMBER
 *             | "semver" "(" name ")" ("==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=") VERSION
 *             | name ["not"] ("contains" VALUE | "matches" REGEX)
 *             | name "is" ["not"] "empty"
 * name       := WORD | WORD "[" QUOTED "]"
 * </pre>
 *
 * @param <T> kind of things that the expression is asked about
 */
final class Parser<T> {
  /** As long as an instance's version may be: the library recurses over what it is given. */
  private static final int VERSION_CHARACTERS_MAX = 128;

  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]{1,18}([.][0-9]{1,18})?");

  private final Lexer lexer;
  private final Vocabulary<T> vocabulary;
  private Token next;
  private int nextEnd;
  private int takenEnd;
  private int depth;

  Parser(Lexer lexer, Vocabulary<T> vocabulary) {
    this.lexer = lexer;
    this.vocabulary = vocabulary;
    next = lexer.next();
    nextEnd = lexer.at();
  }

  Expression<T> parse() {
    Expression<T> all = or();
    if (next.kind() != Kind.END) {
      throw expected("'and', 'or' or the end");
    }
    return all;
  }

  private Expression<T> or() {
    int start = next.position();
    var parts = new ArrayList<Expression<T>>();
    do {
      parts.add(and());
    } while (takeWord("or"));
    return parts.size() == 1
        ? parts.getFirst()
        : new Expression.Any<>(List.copyOf(parts), textFrom(start));
  }

  private Expression<T> and() {
    var parts = new ArrayList<Expression<T>>();
    do {
      parts.add(term());
    } while (takeWord("and"));
    return parts.size() == 1 ? parts.getFirst() : new Expression.All<>(List.copyOf(parts));
  }

  private Expression<T> term() {
    int start = next.position();
    if (next.is(Kind.WORD, "not")) {
      deeper();
      take();
      Expression<T> inner = term();
      depth--;
      return new Expression.Not<>(inner, textFrom(start));
    }
    if (next.is(Kind.SYMBOL, "(")) {
      deeper();
      take();
      Expression<T> inner = or();
      expectSymbol(")");
      depth--;
      return inner;
    }
    Predicate<T> test = test();
    return new Expression.Test<>(test, textFrom(start));
  }

  /** What was taken from this position on, counted from 1. */
  private String textFrom(int position) {
    return lexer.text(position - 1, takenEnd);
  }

  private void deeper() {
    depth++;
    if (depth > Filter.DEPTH_MAX) {
      throw Lexer.invalid(next.position(), "nested deeper than " + Filter.DEPTH_MAX);
    }
  }

  private Predicate<T> test() {
    if (!next.isValue()) {
      throw expected("a name, a value, 'not' or '('");
    }
    Token first = take();
    if (first.is(Kind.WORD, "semver") && next.is(Kind.SYMBOL, "(")) {
      return semver();
    }
    if (takeWord("in")) {
      return contains(selector(take()), first.text());
    }
    if (first.kind() == Kind.QUOTED) {
      return notIn(first);
    }
    if (next.is(Kind.WORD, "not")) {
      return negated(first);
    }
    Selector<T> selector = selector(first);
    if (takeWord("contains")) {
      return contains(selector, value());
    }
    if (takeWord("matches")) {
      return matches(selector, first);
    }
    if (takeWord("is")) {
      boolean isNegated = takeWord("not");
      expectWord("empty");
      Predicate<T> isEmpty = isEmpty(selector);
      return isNegated ? isEmpty.negate() : isEmpty;
    }
    return compare(selector, first);
  }

  /** Behind a value in quotes there is nothing else that could come. */
  private Predicate<T> notIn(Token value) {
    if (!takeWord("not")) {
      throw expected("'in' or 'not in'");
    }
    expectWord("in");
    return contains(selector(take()), value.text()).negate();
  }

  /** "not" behind a word, which is a value or a name. */
  private Predicate<T> negated(Token first) {
    take();
    if (takeWord("in")) {
      return contains(selector(take()), first.text()).negate();
    }
    Selector<T> selector = selector(first);
    if (takeWord("contains")) {
      return contains(selector, value()).negate();
    }
    if (takeWord("matches")) {
      return matches(selector, first).negate();
    }
    throw expected("'in', 'contains' or 'matches'");
  }

  private Predicate<T> compare(Selector<T> selector, Token name) {
    Comparison comparison = comparison();
    Function<T, String> of = text(selector, name);
    if (comparison.isEquality()) {
      String wanted = value();
      boolean isEqual = comparison == Comparison.EQUAL;
      return thing -> of.apply(thing).equals(wanted) == isEqual;
    }
    Token value = next;
    BigDecimal wanted =
        number(value()).orElseThrow(() -> Lexer.invalid(value.position(), "no number: " + value));
    return thing ->
        number(of.apply(thing))
            .filter(number -> comparison.holds(number.compareTo(wanted)))
            .isPresent();
  }

  private Predicate<T> semver() {
    expectSymbol("(");
    Token name = take();
    var of = text(selector(name), name);
    expectSymbol(")");
    Comparison comparison = comparison();
    Token value = next;
    Semver wanted =
        version(value()).orElseThrow(() -> Lexer.invalid(value.position(), "no version: " + value));
    return thing ->
        version(of.apply(thing))
            .filter(version -> comparison.holds(version.compareTo(wanted)))
            .isPresent();
  }

  private Predicate<T> contains(Selector<T> selector, String value) {
    return switch (selector) {
      case Selector.Text<T>(var of) -> thing -> of.apply(thing).contains(value);
      case Selector.Words<T>(var of) -> thing -> of.apply(thing).contains(value);
    };
  }

  private Predicate<T> matches(Selector<T> selector, Token name) {
    var of = text(selector, name);
    int position = next.position();
    Predicate<String> isFound = Regex.find(value(), position);
    return thing -> isFound.test(of.apply(thing));
  }

  private Predicate<T> isEmpty(Selector<T> selector) {
    return switch (selector) {
      case Selector.Text<T>(var of) -> thing -> of.apply(thing).isEmpty();
      case Selector.Words<T>(var of) -> thing -> of.apply(thing).isEmpty();
    };
  }

  private Function<T, String> text(Selector<T> selector, Token name) {
    return switch (selector) {
      case Selector.Text<T>(var of) -> of;
      case Selector.Words<T> words ->
          throw Lexer.invalid(
              name.position(), name + " is a list: ask with 'in', 'contains' or 'is empty'");
    };
  }

  private Selector<T> selector(Token name) {
    if (name.kind() != Kind.WORD) {
      throw Lexer.invalid(name.position(), "a name is expected, not " + name);
    }
    if (name.text().equals(vocabulary.pairs()) && next.is(Kind.SYMBOL, "[")) {
      take();
      Token key = take();
      if (key.kind() != Kind.QUOTED) {
        throw Lexer.invalid(key.position(), "a key in quotes is expected, not " + key);
      }
      expectSymbol("]");
      return vocabulary.keyed(key.text());
    }
    return vocabulary
        .named(name.text())
        .orElseThrow(() ->
            Lexer.invalid(
                name.position(),
                "nothing is called " + name + "; there are " + vocabulary.names()));
  }

  private Comparison comparison() {
    Token symbol = next;
    if (symbol.kind() == Kind.SYMBOL) {
      for (Comparison each : Comparison.values()) {
        if (each.symbol().equals(symbol.text())) {
          take();
          return each;
        }
      }
    }
    throw expected("'==', '!=', 'contains', 'matches', 'is', 'in' or a comparison");
  }

  private String value() {
    if (!next.isValue()) {
      throw expected("a value");
    }
    return take().text();
  }

  private Token take() {
    Token taken = next;
    takenEnd = nextEnd;
    next = lexer.next();
    nextEnd = lexer.at();
    return taken;
  }

  private boolean takeWord(String word) {
    boolean isThere = next.is(Kind.WORD, word);
    if (isThere) {
      take();
    }
    return isThere;
  }

  private void expectWord(String word) {
    if (!takeWord(word)) {
      throw expected("'" + word + "'");
    }
  }

  private void expectSymbol(String symbol) {
    if (!next.is(Kind.SYMBOL, symbol)) {
      throw expected("'" + symbol + "'");
    }
    take();
  }

  private InvalidRequest expected(String what) {
    return Lexer.invalid(next.position(), what + " is expected, not " + next);
  }

  private static Optional<BigDecimal> number(String text) {
    return NUMBER.matches(text) ? Optional.of(new BigDecimal(text)) : Optional.empty();
  }

  /** Also of what is nearly one: a leading v, a missing patch number. */
  private static Optional<Semver> version(String text) {
    return text.length() > VERSION_CHARACTERS_MAX
        ? Optional.empty()
        : Optional.ofNullable(Semver.coerce(text));
  }
}
