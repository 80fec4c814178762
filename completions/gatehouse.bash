# Completion of gatehouse(1) for bash. What there is to complete, the program's own --help tells.

# The verbs in the help of a command; those of terminal have up to two words.
_gatehouse_verbs()
{
	gatehouse "$@" --help 2>/dev/null | sed -nE '/^  gatehouse /d; s/^  ([a-z]+( [a-z]+)?)( .*)?$/\1/p'
}

_gatehouse_options()
{
	gatehouse "$@" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]+' | sort -u
}

# The words that the help lists for an option: _gatehouse_choices COMMAND... OPTION
_gatehouse_choices()
{
	gatehouse "${@:1:$#-1}" --help 2>/dev/null |
		grep -oE -- "${*: -1}=[a-z]+(\\|[a-z]+)+" | head -n 1 | sed 's/.*=//; y/|/ /'
}

_gatehouse()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	local command=${COMP_WORDS[1]} words='' given=() i
	local takes_a_value='^--(comm-key|comm-key-file|token-file|timeout|encoding|name|password|card|group|port|query|sort|before|after|cursor|limit|columns|device|pin|from|to|data|url|token)$'

	if ((COMP_CWORD == 1)); then
		words=$(gatehouse --help 2>/dev/null | awk '/^  [a-z]/ { print $1 }')
		COMPREPLY=($(compgen -W "$words" -- "$word"))
		return
	fi
	# What stands before the cursor and is no option.
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--format | --output | --privilege) ((i++)) ;;
		-*) [[ ${COMP_WORDS[i]} =~ $takes_a_value ]] && ((i++)) ;;
		:) given[-1]+=${COMP_WORDS[i]} ;; # readline parts HOST:PORT
		//* | [0-9]*) [[ ${COMP_WORDS[i-1]} == : ]] && given[-1]+=${COMP_WORDS[i]} ||
			given+=("${COMP_WORDS[i]}") ;;
		*) given+=("${COMP_WORDS[i]}") ;;
		esac
	done
	if [[ $word == -* ]]; then
		[[ $command == sim ]] && words=$(_gatehouse_options sim "${given[0]:-attendance}")
		[[ $command == terminal ]] && words=$(_gatehouse_options terminal "${given[@]:1:2}")
		[[ $words ]] || words=$(_gatehouse_options "$command" "${given[@]:0:1}")
	elif [[ $before == --?* ]] && words=$(_gatehouse_choices "$command" "${given[@]:0:1}" "$before") &&
		[[ $words ]]; then
		:
	elif [[ $before == --format ]]; then
		words='table csv ndjson json'
	elif [[ $before == --privilege ]]; then
		words='user enroller manager admin'
	elif [[ $before == --output ]]; then
		COMPREPLY=($(compgen -f -- "$word"))
		return
	elif [[ $command == terminal ]]; then
		case ${#given[@]} in
		0) words=discover ;;
		1) words=$(_gatehouse_verbs terminal | cut -d' ' -f1 | sort -u) ;;
		2) words=$(_gatehouse_verbs terminal | sed -n "s/^${given[1]} //p") ;;
		esac
	elif ((${#given[@]} == 0)); then
		words=$(_gatehouse_verbs "$command" | cut -d' ' -f1 | sort -u)
	fi
	COMPREPLY=($(compgen -W "$words" -- "$word"))
	if [[ -z $words ]]; then
		COMPREPLY=($(compgen -f -- "$word"))
	fi
}
complete -F _gatehouse gatehouse
