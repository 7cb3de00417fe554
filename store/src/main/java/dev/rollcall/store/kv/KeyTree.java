package dev.rollcall.store.kv;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keys in order of namespace and key. Immutable: an edit gives another tree, which shares with this
 * one all but the path to what is different, some 20 nodes of 100,000 keys. So whoever has a tree
 * has all keys of one moment, at no cost to whoever writes.
 *
 * <p>Height-balanced (AVL): the heights of two siblings differ by one at most.
 */
final class KeyTree {
  static final KeyTree EMPTY = new KeyTree(null, 0);

  private final @Nullable Node root;
  private final int size;

  private KeyTree(@Nullable Node root, int size) {
    this.root = root;
    this.size = size;
  }

  int size() {
    return size;
  }

  /**
   * Steps from the first entry that is compared to the last: 1.44 times log2 of the size at most.
   */
  int height() {
    return height(root);
  }

  @Nullable KeyEntry find(String foldedNamespace, String key) {
    var node = root;
    while (node != null) {
      int order = compare(foldedNamespace, key, node.entry);
      if (order == 0) {
        return node.entry;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  /** The tree with this entry, in the place of the one of the same key, if any. */
  KeyTree with(KeyEntry entry) {
    boolean isNew = find(entry.foldedNamespace(), entry.key()) == null;
    return new KeyTree(with(root, entry), isNew ? size + 1 : size);
  }

  /** The tree without this key. */
  KeyTree without(String foldedNamespace, String key) {
    return find(foldedNamespace, key) == null
        ? this
        : new KeyTree(without(root, foldedNamespace, key), size - 1);
  }

  /**
   * Visits entries in order until the visitor returns false.
   *
   * @param from the first key, in the first namespace, that may be visited
   */
  void forEachFrom(String foldedNamespace, String from, Predicate<KeyEntry> visitor) {
    visit(root, foldedNamespace, from, visitor);
  }

  /** Whether to go on. */
  private static boolean visit(
      @Nullable Node node, String foldedNamespace, String from, Predicate<KeyEntry> visitor) {
    if (node == null) {
      return true;
    }
    int order = compare(foldedNamespace, from, node.entry);
    if (order < 0 && !visit(node.left, foldedNamespace, from, visitor)) {
      return false;
    }
    return (order > 0 || visitor.test(node.entry))
        && visit(node.right, foldedNamespace, from, visitor);
  }

  private static Node with(@Nullable Node node, KeyEntry entry) {
    if (node == null) {
      return Node.of(entry, null, null);
    }
    int order = compare(entry.foldedNamespace(), entry.key(), node.entry);
    if (order == 0) {
      return Node.of(entry, node.left, node.right);
    }
    return order < 0
        ? balanced(node.entry, with(node.left, entry), node.right)
        : balanced(node.entry, node.left, with(node.right, entry));
  }

  private static @Nullable Node without(@Nullable Node node, String foldedNamespace, String key) {
    if (node == null) {
      return null;
    }
    int order = compare(foldedNamespace, key, node.entry);
    if (order < 0) {
      return balanced(node.entry, without(node.left, foldedNamespace, key), node.right);
    }
    if (order > 0) {
      return balanced(node.entry, node.left, without(node.right, foldedNamespace, key));
    }
    if (node.right == null) {
      return node.left;
    }
    var next = first(node.right).entry;
    return balanced(next, node.left, without(node.right, next.foldedNamespace(), next.key()));
  }

  private static Node first(Node node) {
    var first = node;
    while (first.left != null) {
      first = first.left;
    }
    return first;
  }

  /** A node over two trees whose heights differ by two at most. */
  private static Node balanced(KeyEntry entry, @Nullable Node left, @Nullable Node right) {
    if (left != null && height(left) > height(right) + 1) {
      if (left.right == null || height(left.left) >= height(left.right)) {
        return Node.of(left.entry, left.left, Node.of(entry, left.right, right));
      }
      return Node.of(
          left.right.entry,
          Node.of(left.entry, left.left, left.right.left),
          Node.of(entry, left.right.right, right));
    }
    if (right != null && height(right) > height(left) + 1) {
      if (right.left == null || height(right.right) >= height(right.left)) {
        return Node.of(right.entry, Node.of(entry, left, right.left), right.right);
      }
      return Node.of(
          right.left.entry,
          Node.of(entry, left, right.left.left),
          Node.of(right.entry, right.left.right, right.right));
    }
    return Node.of(entry, left, right);
  }

  private static int height(@Nullable Node node) {
    return node == null ? 0 : node.height;
  }

  private static int compare(String foldedNamespace, String key, KeyEntry entry) {
    int byNamespace = foldedNamespace.compareTo(entry.foldedNamespace());
    return byNamespace != 0 ? byNamespace : KeyOrder.INSTANCE.compare(key, entry.key());
  }

  private record Node(KeyEntry entry, @Nullable Node left, @Nullable Node right, int height) {
    static Node of(KeyEntry entry, @Nullable Node left, @Nullable Node right) {
      return new Node(
          entry, left, right, 1 + Math.max(KeyTree.height(left), KeyTree.height(right)));
    }
  }
}
