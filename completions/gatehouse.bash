# Completion of gatehouse(1) for bash. The program's own --help tells what there is to complete: verbs,
# options, and of what kind a value is. Serial numbers, PINs and types of commands are those of the
# server that the commands find.

_gatehouse_help()
{
	gatehouse "$@" --help 2>/dev/null
}

# The verbs in a help; those of terminal have up to two words.
_gatehouse_verbs()
{
	_gatehouse_help "$@" | sed -nE '/^  gatehouse /d; s/^  ([a-z-]+( [a-z]+)?)( .*)?$/\1/p'
}

# One field of each row of a list.
_gatehouse_field()
{
	gatehouse "$1" "$2" --format ndjson --columns "$3" ${4:+--limit "$4"} 2>/dev/null |
		sed -nE 's/^\{"[a-z]+":"([^"]*)"\}$/\1/p' | sort -u
}

# Tags that are one word.
_gatehouse_tags()
{
	gatehouse device list --format ndjson --columns tags --limit 500 2>/dev/null |
		sed -E 's/^\{"tags":\[(.*)\]\}$/\1/' | grep -oE '"([^"\\]|\\.)*"' | grep -v '[ \\]' |
		tr -d '"' | sort -u
}

# What a value may be, by what the help calls it: _gatehouse_values KIND COMMAND
_gatehouse_values()
{
	case $1 in
	SN) _gatehouse_field device list sn 500 ;;
	TAG) _gatehouse_tags ;;
	PIN) _gatehouse_field person list pin 500 ;;
	TYPE) _gatehouse_field command types type ;;
	WHAT) sed -nE '/^WHAT:$/,/^$/s/^  ([a-z-]+)  .*/\1/p' <<<"$help" ;;
	STATE)
		case $2 in
		problem) echo open snoozed ;;
		person) echo waiting sent confirmed failed cancelled ;;
		*) echo held approved blocked ;;
		esac
		;;
	FORMAT) echo table csv ndjson json ;;
	LEVEL) echo user enroller manager admin ;;
	*\|*) echo "${1//|/ }" ;;
	esac
}

_gatehouse()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	local command=${COMP_WORDS[1]} help verb words='' kind='' given=() arguments=() i at

	if ((COMP_CWORD == 1)); then
		words=$(_gatehouse_help | awk '/^  [a-z]/ { print $1 }')
		COMPREPLY=($(compgen -W "$words help version" -- "$word"))
		return
	fi
	help=$(_gatehouse_help "$command")
	# What stands before the cursor and is no option, nor the value of one.
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*) [[ $help == *" ${COMP_WORDS[i]}="* ]] && ((i++)) ;;
		:) given[-1]+=${COMP_WORDS[i]} ;; # readline parts HOST:PORT
		//* | [0-9]*) [[ ${COMP_WORDS[i-1]} == : ]] && given[-1]+=${COMP_WORDS[i]} ||
			given+=("${COMP_WORDS[i]}") ;;
		*)
			given+=("${COMP_WORDS[i]}")
			case $command in
			terminal) verb=("${given[@]:1:2}") ;;
			access) verb=("${given[@]:0:2}") ;;
			*) verb=("${given[0]}") ;;
			esac
			help=$(_gatehouse_help "$command" "${verb[@]}")
			;;
		esac
	done
	[[ $command == sim && ${#given[@]} -eq 0 && $word == -* ]] && help=$(_gatehouse_help sim attendance)
	if [[ $word == -* ]]; then
		words=$(grep -oE -- '--[a-z][a-z-]+' <<<"$help" | sort -u)
	elif [[ $before == --?* ]] && kind=$(grep -oE -- " $before=[^ ]+" <<<"$help" | head -n 1) && [[ $kind ]]; then
		kind=${kind#*=}
		words=$(_gatehouse_values "$kind" "$command")
	elif [[ $command == terminal ]]; then
		case ${#given[@]} in
		0) words=discover ;;
		1) words=$(_gatehouse_verbs terminal | cut -d' ' -f1 | sort -u) ;;
		2) words=$(_gatehouse_verbs terminal | sed -n "s/^${given[1]} //p") ;;
		esac
	elif ((${#given[@]} == 0)); then
		words=$(_gatehouse_verbs "$command" | cut -d' ' -f1 | sort -u)
	elif [[ $command == access && ${#given[@]} -eq 1 && $help == *VERB* ]]; then
		words=$(_gatehouse_verbs access "${given[0]}" | cut -d' ' -f1 | sort -u)
	else
		# Usage: gatehouse COMMAND VERB [OPTION...] SN NAME; the last goes for all that follow.
		arguments=($(sed -nE '1s/.*\[OPTION\.\.\.\] ?//p' <<<"$help" | tr -d '[]'))
		at=$((${#given[@]} - 1))
		if ((${#arguments[@]})); then
			kind=${arguments[at < ${#arguments[@]} ? at : ${#arguments[@]} - 1]%...}
			words=$(_gatehouse_values "$kind" "$command")
		fi
	fi
	COMPREPLY=($(compgen -W "$words" -- "$word"))
	if [[ -z $words ]]; then
		COMPREPLY=($(compgen -f -- "$word"))
	fi
}
complete -F _gatehouse gatehouse
