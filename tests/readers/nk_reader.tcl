# Reads a Nuke script as the most willing Tcl would: every word is substituted when it is read, and every value once
# more as Nuke does for each frame. Nothing can run, because no interpreter here has any command; what would have run
# is listed as CALLED.
#
# Bytes stand for characters throughout, and a text is given as its hexadecimal digits after an `x` (`-` is no text), so
# nothing depends on Tcl's idea of Unicode.
#
#   NODE kind
#   KNOB name value evaluated
#   USER word word …            of addUserKnob
#   META action key value evaluated
#   CALLED word word …

proc hex {text} { return [expr {$text eq "" ? "-" : "x[binary encode hex $text]"}] }
proc tell {kind args} { puts [join [concat $kind [lmap text $args {hex $text}]]] }

# An interpreter without a single command: whatever is called goes to the handler.
proc empty_interpreter {handler} {
    set box [interp create -safe]
    set names [interp eval $box {info commands}]
    interp eval $box {namespace delete {*}[namespace children ::]}
    # What stood in a namespace is gone with it, so hiding that fails.
    foreach name $names { catch { interp hide $box $name } }
    interp alias $box unknown {} {*}$handler
    return $box
}

proc called {args} { tell CALLED {*}$args; return "" }

proc evaluated {value} {
    set box [empty_interpreter called]
    interp alias $box python {} script_folder
    set text [interp invokehidden $box subst $value]
    interp delete $box
    return $text
}

proc script_folder {expression} {
    if {$expression ne "nuke.script_directory()"} { return [called python $expression] }
    return /folder/of/the/script
}

proc knob {name value args} {
    if {[llength $args]} { return [called $name $value {*}$args] }
    if {$name eq "addUserKnob"} { return [tell USER {*}$value] }
    if {$name ne "metadata"} { return [tell KNOB $name $value [evaluated $value]] }
    foreach entry $value {
        lassign $entry action key text
        if {[llength $entry] != 3} { called metadata $entry }
        tell META $action $key $text [evaluated $text]
    }
}

proc statement {kind args} {
    switch -- $kind {
        version - push { return [tell KNOB $kind [join $args] [join $args]] }
        set { return [tell KNOB $kind [join $args] [join $args]] }
        stack { return "stack-[join $args]" }
        Root - Read - AddTimeCode - ModifyMetaData - NoOp - StickyNote {
            tell NODE $kind
            set box [empty_interpreter knob]
            interp eval $box [lindex $args 0]
            interp delete $box
        }
        default { called $kind {*}$args }
    }
}

fconfigure stdin -translation lf -encoding iso8859-1
fconfigure stdout -translation lf -encoding iso8859-1
set script [read stdin]
set box [empty_interpreter statement]
# `push $cut_paste_input` wants the variable that the line before has set.
interp eval $box [string map {{push $cut_paste_input} {push selected}} $script]
