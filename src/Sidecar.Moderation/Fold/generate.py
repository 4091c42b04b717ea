#!/usr/bin/env python3
"""Writes folds.txt, the data of FoldTable, from the Unicode character database.

usage: generate.py UCD CONFUSABLES > folds.txt

UCD          folder of UnicodeData.txt, Scripts.txt, ScriptExtensions.txt, PropList.txt and DerivedCoreProperties.txt:
             /usr/share/unicode of Debian's package unicode-data
CONFUSABLES  confusables.txt of UTS #39: source/data/unidata in Debian's source package icu (apt-get source icu)

Both of one Unicode version. What is by rule stands in functions, what is by hand in the tables at the top.
Their terms: https://www.unicode.org/license.txt
"""
import collections
import pathlib
import re
import sys

# Scripts in which an accent is a letter's ornament: it goes when lookalikes are one, and precomposed letters are taken apart for it.
ACCENTED = {'Latin', 'Greek', 'Cyrillic'}
# Marks of these scripts go as well: vowel points and reading signs that readers do without. Everywhere else (Indic, Thai, Thaana, kana) a mark
# spells a sound, and other words would become one.
OPTIONAL_MARKS = ACCENTED | {'Inherited', 'Common', 'Coptic', 'Glagolitic', 'Old_Permic', 'Hebrew', 'Arabic', 'Syriac'}
# Marks of several scripts that spell a sound in one of them: hamza and madda, the kana voiced and semi-voiced marks.
SPELLING_MARKS = {0x653, 0x654, 0x655, 0x3099, 0x309A}
# Text of these is never turned into ASCII letters: what looks alike there (kana no and a slash) is plain text.
EAST_ASIAN = {'Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'}

# Lookalikes that Unicode does not list, or lists otherwise. Letters whose other case is a lookalike follow by rule.
BY_HAND = {
    'ƽ': '5', 'Ɯ': 'W', 'ß': 'ss', 'ẞ': 'SS', 'ð': 'd', 'ŋ': 'n', 'Ŋ': 'N', 'ə': 'e', 'Ə': 'E', 'ı': 'i', 'ȷ': 'j', 'ǃ': '!', 'ꞌ': "'",
    'β': 'b', 'ε': 'e', 'κ': 'k', 'τ': 't', 'χ': 'x', 'ω': 'w', 'μ': 'u', 'ς': 'o',
    'в': 'b', 'к': 'k', 'м': 'm', 'н': 'h', 'т': 't', 'ь': 'b', 'Б': '6', 'є': 'e', 'Є': 'E',
    'и': 'n', 'И': 'N', 'я': 'r', 'Я': 'R', 'ш': 'w', 'Ш': 'W',
    '€': 'E', '。': '.', '—': '-', '―': '-', '\u2800': ' ', '⁒': '%', '٪': '%',
}
# Nothing is seen of these, though Unicode does not call them ignorable: controls but for NEL, a filler.
BLANK = [c for c in range(0x80, 0xA0) if c != 0x85] + [0x16FE4]


class Characters:
    """The character database, as far as it is needed."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.name, self.category, self.bidi, self.mapping, self.digit, self.lower = {}, {}, {}, {}, {}, {}
        for line in (self.folder / 'UnicodeData.txt').open():
            f = line.rstrip('\n').split(';')
            c = int(f[0], 16)
            self.name[c], self.category[c], self.bidi[c] = f[1], f[2], f[4]
            if f[5]:
                self.mapping[c] = (f[5][0] != '<', [int(x, 16) for x in f[5].split() if x[0] != '<'])
            if f[7] or f[8].isdigit() and 'NUMBER' in f[1] and 'CIRCLED' in f[1]:
                self.digit[c] = f[7] or f[8]
            if f[13]:
                self.lower[c] = int(f[13], 16)
        self.script = dict(self.property('Scripts.txt'))
        self.extensions = {c: v.split() for c, v in self.property('ScriptExtensions.txt')}

    def property(self, file):
        for line in (self.folder / file).open():
            fields = [x.strip() for x in line.split('#')[0].split(';')]
            if len(fields) > 1:
                first, _, last = fields[0].partition('..')
                for c in range(int(first, 16), int(last or first, 16) + 1):
                    yield c, fields[1]

    def is_accented(self, c):
        """Whether a code point's canonical decomposition starts with a letter of an accented script."""
        while c in self.mapping and self.mapping[c][0]:
            c = self.mapping[c][1][0]
        return self.script.get(c) in ACCENTED


def invisible(ucd):
    visible = {c for c, p in ucd.property('PropList.txt') if p == 'Prepended_Concatenation_Mark'}
    ignorable = {c for c, p in ucd.property('DerivedCoreProperties.txt') if p == 'Default_Ignorable_Code_Point'}
    formats = {c for c, k in ucd.category.items() if k == 'Cf'}
    return {c: [] for c in (ignorable | formats | set(BLANK)) - visible}


def marks(ucd):
    def ornaments(c):
        scripts = ucd.extensions.get(c, [])
        return (ucd.script.get(c) in OPTIONAL_MARKS and c not in SPELLING_MARKS
                and (not scripts or {'Latn', 'Grek', 'Cyrl', 'Arab', 'Hebr', 'Syrc'} & set(scripts)))
    return {c: [] for c, k in ucd.category.items() if k in ('Mn', 'Me') and ornaments(c)}


def by_name(ucd):
    """Letters that are called a form of a letter of ASCII: with a hook, small capital, turned, in a dark circle."""
    form = re.compile(r'LATIN (SMALL|CAPITAL) LETTER (?:(?:TURNED|REVERSED|SCRIPT|INSULAR|BLACKLETTER|SIDEWAYS|OPEN|DOTLESS|CLOSED) )*([A-Z])'
                      r'(?: WITH .*)?$|LATIN LETTER (SMALL) CAPITAL (?:REVERSED |TURNED )?([A-Z])$'
                      r'|(?:CROSSED )?NEGATIVE (?:CIRCLED|SQUARED) LATIN (CAPITAL) LETTER ([A-Z])$')
    for c, name in ucd.name.items():
        match = form.match(name)
        if match and c >= 0x80:
            size, letter = [x for x in match.groups() if x]
            yield c, letter.lower() if size == 'SMALL' else letter
    for i in range(26):
        yield 0x1CCD6 + i, chr(0x41 + i)    # outlined letters and digits of Unicode 16
    for i in range(10):
        yield 0x1CCF0 + i, chr(0x30 + i)


def ascii_of(ucd, c, text):
    """The ASCII text that a confusable stands for. Unicode's prototypes have l for I, 1 and |, O for 0, rn for m, '' for a quotation mark."""
    text = text.replace('rn', 'm').replace("''", '"')
    if text.strip('l') == '':
        letter = ucd.category[c][0] == 'L'
        is_i = ucd.category[c] == 'Lu' or ucd.name[c].endswith(' I')
        text = ('I' if is_i else 'l' if letter else '|') * len(text)
    return text


def confusable(ucd, file, fold):
    """Mappings of confusables.txt that end in ASCII."""
    for line in pathlib.Path(file).open(encoding='utf-8-sig'):
        fields = [x.strip() for x in line.split('#')[0].split(';')]
        if len(fields) < 3:
            continue
        c = int(fields[0], 16)
        category, script = ucd.category.get(c, 'Cn'), ucd.script.get(c)
        if c < 0x80 or category[0] in 'MN' or script in EAST_ASIAN or ucd.bidi.get(c) in ('R', 'AL', 'AN') or 0x31C0 <= c < 0x31F0:
            continue
        target = [x for t in fields[1].split() for x in fold(int(t, 16))]
        if any(not 0x20 <= t < 0x7F for t in target):
            continue
        text = ascii_of(ucd, c, ''.join(map(chr, target)))
        # A letter stays one: or a word would end at it. Permille and its like are no text.
        if text.isalnum() if category[0] == 'L' and category != 'Lm' else 'o/0' not in text:
            yield c, text


class Folds:
    """The sections of the file. A later one wins."""

    def __init__(self, ucd, confusables):
        self.ucd, self.invisible, self.look, self.other_case = ucd, invisible(ucd), marks(ucd), {}
        found = dict(confusable(ucd, confusables, self.fold))
        # A hook, a stroke or a tail leaves a letter what it is; of what is turned round, what it looks like comes first.
        found.update((c, t) for c, t in by_name(ucd) if c not in found or not re.search('TURNED|REVERSED|SIDEWAYS', ucd.name.get(c, '')))
        found.update(ucd.digit)
        found.update((ord(c), t) for c, t in BY_HAND.items())
        for c, text in found.items():
            if c in ucd.mapping:
                folded = self.fold(c)
                if all(t < 0x80 for t in folded) and (folded[0] != 0x20 or folded == [0x20]):
                    continue    # its decomposition says it already
            if c >= 0x80:
                self.look[c] = [ord(t) for t in text]
        self.follow_case()
        self.both = {c for c in ucd.mapping if c >= 0x80
                     and (ucd.mapping[c][0] and ucd.is_accented(c) or all(t < 0x80 for t in self.fold(c)))}

    def fold(self, c):
        """With all kinds but case."""
        for step in (self.invisible, self.other_case, self.look):
            if c in step:
                return step[c]
        return [x for t in self.ucd.mapping[c][1] for x in self.fold(t)] if c in self.ucd.mapping else [c]

    def follow_case(self):
        """
        A lookalike's other case becomes the same, or capitals would not match; a small letter follows its capital. But both of a Greek pair that
        looks like two letters (eta like H and n) stay so: they are too good a disguise.
        """
        for upper, lower in self.ucd.lower.items():
            a, b = self.look.get(upper), self.look.get(lower)
            if upper < 0x80 or upper in self.ucd.mapping or lower in self.ucd.mapping:
                continue
            if b and not a:
                self.other_case[upper] = b
            elif a and (not b or bytes(a).lower() != bytes(b).lower()):
                if b and self.ucd.script[upper] == 'Greek':
                    print('differs by case:', chr(upper), bytes(a), chr(lower), bytes(b), file=sys.stderr)
                else:
                    self.other_case[lower] = list(bytes(a).lower())

    def sections(self):
        mapping = {c: t for c, (_, t) in self.ucd.mapping.items() if c >= 0x80}
        yield 'width', {c: t for c, t in mapping.items() if c not in self.both}
        yield 'width or confusables', {c: t for c, t in mapping.items() if c in self.both}
        yield 'confusables', self.look
        yield 'case and confusables', self.other_case
        yield 'zero-width', self.invisible


def lines(section):
    """Runs that become nothing, or one code point that counts up with them, take one line."""
    run = []
    for c in sorted(section):
        if run and c == run[-1] + 1 and (
                section[c] == section[run[-1]] == [] or len(section[c]) == 1 and [section[c][0] - 1] == section[run[-1]]):
            run.append(c)
            continue
        if run:
            yield run, section[run[0]]
        run = [c]
    yield run, section[run[0]]


def main():
    ucd = Characters(sys.argv[1])
    version = re.search(r'Version: (\S+)', pathlib.Path(sys.argv[2]).read_text(encoding='utf-8-sig')).group(1)
    print(f'# Written by generate.py from the Unicode character database and confusables, version {version}.')
    print('# © Unicode, Inc. https://www.unicode.org/license.txt')
    print('# A line: code point or run, what it becomes (a run counts up). A later section wins over an earlier one.')
    for title, section in Folds(ucd, sys.argv[2]).sections():
        print(f'[{title}]')
        for run, target in lines(section):
            source = f'{run[0]:X}' + (f'-{run[-1]:X}' if len(run) > 1 else '')
            print(' '.join([source] + [f'{t:X}' for t in target]))


if __name__ == '__main__':
    main()
