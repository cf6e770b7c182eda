/* tokenizer.c - the symbols of Python 2's source: their names and their numbers.  There is no
 * tokenizer, as there is no parser. */

#include "config.h"
#include "guest.h"
#include "token.h"

#include <string.h>

static const struct symbol {
    char text[4];
    int number;
} symbols[] = {
    {"(", LPAR}, {")", RPAR}, {"[", LSQB}, {"]", RSQB}, {":", COLON}, {",", COMMA}, {";", SEMI},
    {"+", PLUS}, {"-", MINUS}, {"*", STAR}, {"/", SLASH}, {"|", VBAR}, {"&", AMPER}, {"<", LESS},
    {">", GREATER}, {"=", EQUAL}, {".", DOT}, {"%", PERCENT}, {"`", BACKQUOTE}, {"{", LBRACE},
    {"}", RBRACE}, {"^", CIRCUMFLEX}, {"~", TILDE}, {"@", AT},
    {"==", EQEQUAL}, {"!=", NOTEQUAL}, {"<>", NOTEQUAL}, {"<=", LESSEQUAL}, {"<<", LEFTSHIFT},
    {">=", GREATEREQUAL}, {">>", RIGHTSHIFT}, {"+=", PLUSEQUAL}, {"-=", MINEQUAL},
    {"**", DOUBLESTAR}, {"*=", STAREQUAL}, {"//", DOUBLESLASH}, {"/=", SLASHEQUAL},
    {"|=", VBAREQUAL}, {"%=", PERCENTEQUAL}, {"&=", AMPEREQUAL}, {"^=", CIRCUMFLEXEQUAL},
    {"<<=", LEFTSHIFTEQUAL}, {">>=", RIGHTSHIFTEQUAL}, {"**=", DOUBLESTAREQUAL},
    {"//=", DOUBLESLASHEQUAL},
};

/* The number of a symbol; of any other text, OP. */
static int
find(int first, int second, int third)
{
    char text[4] = {(char)first, (char)second, (char)third, '\0'};
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        if (strcmp(symbols[i].text, text) == 0) {
            return symbols[i].number;
        }
    }
    return OP;
}

int
PyToken_OneChar(int first)
{
    return find(first, '\0', '\0');
}

int
PyToken_TwoChars(int first, int second)
{
    return second != '\0' ? find(first, second, '\0') : OP;
}

int
PyToken_ThreeChars(int first, int second, int third)
{
    return second != '\0' && third != '\0' ? find(first, second, third) : OP;
}

#define NAMED(name) [name] = (char *)#name
char *_PyParser_TokenNames[N_TOKENS + 1] = {
    NAMED(ENDMARKER), NAMED(NAME), NAMED(NUMBER), NAMED(STRING), NAMED(NEWLINE), NAMED(INDENT),
    NAMED(DEDENT), NAMED(LPAR), NAMED(RPAR), NAMED(LSQB), NAMED(RSQB), NAMED(COLON), NAMED(COMMA),
    NAMED(SEMI), NAMED(PLUS), NAMED(MINUS), NAMED(STAR), NAMED(SLASH), NAMED(VBAR), NAMED(AMPER),
    NAMED(LESS), NAMED(GREATER), NAMED(EQUAL), NAMED(DOT), NAMED(PERCENT), NAMED(BACKQUOTE),
    NAMED(LBRACE), NAMED(RBRACE), NAMED(EQEQUAL), NAMED(NOTEQUAL), NAMED(LESSEQUAL),
    NAMED(GREATEREQUAL), NAMED(TILDE), NAMED(CIRCUMFLEX), NAMED(LEFTSHIFT), NAMED(RIGHTSHIFT),
    NAMED(DOUBLESTAR), NAMED(PLUSEQUAL), NAMED(MINEQUAL), NAMED(STAREQUAL), NAMED(SLASHEQUAL),
    NAMED(PERCENTEQUAL), NAMED(AMPEREQUAL), NAMED(VBAREQUAL), NAMED(CIRCUMFLEXEQUAL),
    NAMED(LEFTSHIFTEQUAL), NAMED(RIGHTSHIFTEQUAL), NAMED(DOUBLESTAREQUAL), NAMED(DOUBLESLASH),
    NAMED(DOUBLESLASHEQUAL), NAMED(AT), NAMED(OP), [ERRORTOKEN] = (char *)"<ERRORTOKEN>",
    [N_TOKENS] = (char *)"<N_TOKENS>",
};
