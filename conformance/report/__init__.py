"""What a run looks like to those who read it: a person, a program, a build server, a pull request."""
