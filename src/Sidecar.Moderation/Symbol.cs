namespace Sidecar.Moderation;

/// <summary>What a folded code point is to the automata.</summary>
/// <param name="Term">Its symbol in the terms' alphabet.</param>
/// <param name="Class">Its class in the patterns' table.</param>
/// <param name="IsWord">Whether it is part of a word.</param>
internal readonly record struct Symbol(int Term, int Class, bool IsWord);
