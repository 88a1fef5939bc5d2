"""The reasons that decisions rest on, each as a script that shows it anew."""
