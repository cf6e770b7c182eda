# py2abi.bash - completion of the command py2abi, for bash.
#
# Commands, options and their values are what the command's own help shows.

_py2abi()
{
    local program=${COMP_WORDS[0]} command='' word option='' at
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()

    # The command, and where what follows its options begins.
    for ((at = 1; at < COMP_CWORD; at++)); do
        word=${COMP_WORDS[at]}
        case $word in
        = | -*) ;;
        *)
            if [[ -z $command ]]; then
                command=$word
            elif [[ ${COMP_WORDS[at - 1]} != = ]]; then
                break
            fi
            ;;
        esac
    done

    if [[ -z $command || $command == help ]]; then
        local wanted
        wanted=$("$program" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p')
        if [[ -z $command && $current == -* ]]; then
            wanted=$("$program" --help 2>/dev/null | _py2abi_options)
        fi
        mapfile -t COMPREPLY < <(compgen -W "$wanted" -- "$current")
        return
    fi

    # The words of a program are the program's business.
    if [[ $command == run && $at -lt $COMP_CWORD ]]; then
        if declare -F _command_offset >/dev/null; then
            _command_offset "$at"
        else
            _py2abi_files "$current"
        fi
        return
    fi

    # Bash takes the = of --option=value for a word of its own.
    if [[ $current == = ]]; then
        option=$previous current=''
    elif [[ $previous == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [[ $option =~ ^--[a-z]+$ ]]; then
        local values
        values=$("$program" "$command" --help 2>/dev/null |
            sed -n "s/^ .* \\(-[a-z], \\)\\{0,1\\}$option\\[\\{0,1\\}=\\([^] ]*\\).*/\\2/p")
        if [[ $values == *[a-z]* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "${values//|/ }" -- "$current")
        else
            _py2abi_files "$current"
        fi
    elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("$program" "$command" --help 2>/dev/null |
            _py2abi_options)" -- "$current")
        if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then
            compopt -o nospace 2>/dev/null
        fi
    elif [[ $command == run ]]; then
        mapfile -t COMPREPLY < <(compgen -c -- "$current" | sort -u)
        if [[ $current == */* ]]; then
            _py2abi_files "$current"
        fi
    else
        _py2abi_files "$current"
    fi
}

# The long options of a help text; with a = when they want a value.
_py2abi_options()
{
    sed -n -e 's/^  \(-[a-zA-Z], \|    \)\(--[a-z]*=\{0,1\}\).*/\2/p'
}

_py2abi_files()
{
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

complete -F _py2abi py2abi
