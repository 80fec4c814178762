# Completion of gatehouse(1) for bash: the commands, then whatever options a command's --help names.
_gatehouse()
{
	local word=${COMP_WORDS[COMP_CWORD]} words

	if ((COMP_CWORD == 1)); then
		words=$(gatehouse --help 2>/dev/null | awk '/^  [a-z]/ { print $1 }')
	elif [[ $word == -* ]]; then
		words=$(gatehouse "${COMP_WORDS[1]}" --help 2>/dev/null |
			grep -oE -- '--[a-z][a-z-]+' | sort -u)
	else
		COMPREPLY=($(compgen -f -- "$word"))
		return
	fi
	COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _gatehouse gatehouse
